import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EVERY_CHANGE, OF_A, OF_BIG, type OperationName, WHOLE } from './operations.ts';
import { STORE } from './sample-store.ts';

/** A place in a store, or one that it is told of. */
export interface Place {
  readonly name: string;
  /** Relative to what the store is in. */
  readonly path: (root: string) => string | Promise<string>;
  /** What may be refused while something strange is there; all else must do as ever. */
  readonly mayFail: readonly OperationName[];
  /** Whether a link to a directory means that directory, as of who keeps backups on another disk. */
  readonly mayBeElsewhere?: boolean;
  /** What must be refused. */
  readonly mustFail?: readonly OperationName[];
}

const inStore =
  (...names: string[]) =>
  (root: string) =>
    join(root, STORE, ...names);

const firstOf =
  (...names: string[]) =>
  (suffix: RegExp) =>
  async (root: string): Promise<string> => {
    const directory = join(root, STORE, ...names);
    const found = (await readdir(directory)).find((name) => suffix.test(name));
    return join(directory, found ?? '');
  };

const BACKUPS: OperationName[] = ['back up', 'restore', 'list backups', 'inspect'];

export const PLACES: readonly Place[] = [
  { name: 'the store', path: inStore(), mayFail: WHOLE, mayBeElsewhere: true },
  {
    name: '.tgstore',
    path: inStore('.tgstore'),
    mayFail: [...EVERY_CHANGE, 'inspect', 'check', 'list failed', 'changes of a'],
  },
  {
    name: 'locks',
    path: inStore('.tgstore', 'locks'),
    mayFail: [...EVERY_CHANGE, 'inspect', 'check'],
  },
  {
    name: 'changes',
    path: inStore('.tgstore', 'changes'),
    mayFail: [...EVERY_CHANGE, 'changes of a', 'check'],
  },
  {
    name: 'state',
    path: inStore('.tgstore', 'state'),
    mayFail: [...EVERY_CHANGE, 'list failed', 'inspect', 'check'],
  },
  {
    name: 'quarantine',
    path: inStore('.tgstore', 'quarantine'),
    mayFail: [...EVERY_CHANGE, 'inspect', 'check'],
  },
  {
    name: 'restore',
    path: inStore('.tgstore', 'restore'),
    mayFail: [...EVERY_CHANGE, 'restore', 'check'],
  },
  { name: 'backups', path: inStore('backups'), mayFail: BACKUPS, mayBeElsewhere: true },
  {
    name: 'a, unprocessed',
    path: inStore('a_unprocessed.json'),
    mayFail: OF_A,
    mustFail: ['load a', 'stream a', 'metadata of a', 'append to a'],
  },
  { name: 'a, processed', path: inStore('a_processed.json'), mayFail: OF_A },
  { name: 'undo of a', path: inStore('.a.undo'), mayFail: OF_A },
  { name: 'undo of big', path: inStore('.big.undo'), mayFail: OF_BIG },
  { name: 'changes of a', path: inStore('.tgstore', 'changes', 'a.jsonl'), mayFail: OF_A },
  {
    name: 'state of a',
    path: inStore('.tgstore', 'state', 'a.json'),
    mayFail: [...OF_A, 'list failed'],
  },
  {
    name: 'store.json',
    path: inStore('.tgstore', 'store.json'),
    mayFail: [...EVERY_CHANGE, 'inspect'],
  },
  { name: 'a temporary file', path: inStore('.tgstore-0123456789abcdef.tmp'), mayFail: [] },
  {
    name: 'an archive',
    path: firstOf('backups')(/\.tar/),
    mayFail: ['restore', 'list backups', 'inspect'],
  },
  { name: 'beside an archive', path: firstOf('backups')(/\.json$/), mayFail: [] },
  {
    name: 'the configuration',
    path: (root) => join(root, 'config.yaml'),
    mayFail: ['load the configuration'],
  },
  { name: 'what is imported', path: (root) => join(root, 'import.json'), mayFail: ['import'] },
];
