import { createHash } from 'node:crypto';
import { combinations, isFew, type Sampling } from './choices.ts';
import { Contents } from './contents.ts';
import {
  type DataOperation,
  type Disk,
  type Inode,
  type NameOperation,
  type Operation,
  type Recording,
  ROOT,
} from './disk.ts';
import { durableFrom } from './durable.ts';
import { applyName } from './recorder.ts';

/**
 * What a crash does to operations that no sync has made durable.
 *
 * - `'killed'`: only the process died; all are there.
 * - `'ordered'`: a journal of names, as ext4 has: of the changes of names the first n are there, and any sync makes all before
 *   it durable. Of what was written and cut, anything may be missing, torn, or zeros.
 * - `'weak'`: the least POSIX promises: also of the names any may be missing, and only their directory's sync helps.
 */
export type CrashModel = 'killed' | 'ordered' | 'weak';

export const MODELS: readonly CrashModel[] = ['killed', 'ordered', 'weak'];

export interface FileState {
  readonly path: string;
  readonly inode: Inode;
  readonly bytes: Uint8Array;
}

export interface CrashState {
  /** Relative paths, parents first. */
  readonly directories: readonly string[];
  readonly files: readonly FileState[];
  /** Equal for states with equal files. */
  readonly key: string;
  /** How many steps had been acknowledged. */
  readonly acknowledged: number;
  /** How many operations had been made. */
  readonly cut: number;
  /** What became of those that were pending. */
  readonly choice: string;
}

/** Every state the disk can be in when it crashes after any number of the operations, each state once a promise. */
export function* crashStates(
  { start, operations }: Recording,
  model: CrashModel,
  sampling: Sampling,
): Generator<CrashState> {
  const contents = new Contents(start.files);
  const durable = durableFrom(operations, model);
  const seen = new Set<string>();
  let acknowledged = 0;
  for (let cut = 0; cut <= operations.length; cut++) {
    const last = operations[cut - 1];
    if (last?.kind === 'promise') acknowledged += 1;
    for (const chosen of choicesAt(operations, durable, cut, model, sampling)) {
      const state = build(start, operations, chosen, contents);
      const key = `${acknowledged} ${state.key}`;
      if (seen.has(key)) continue;
      seen.add(key);
      yield { ...state, acknowledged, cut, choice: chosen.name };
    }
  }
}

/** What there is of the first operations. */
interface Chosen {
  readonly name: string;
  readonly cut: number;
  /** By index: 0 is missing, 1 whole; of a rename 2 is without its removal, 3 only its removal; of data see `Contents`. */
  readonly effects: ReadonlyMap<number, number>;
}

function* choicesAt(
  operations: readonly Operation[],
  durable: ReturnType<typeof durableFrom>,
  cut: number,
  model: CrashModel,
  sampling: Sampling,
): Generator<Chosen> {
  if (model === 'killed') {
    const last = operations[cut - 1];
    if (last?.kind === 'write') yield { name: 'torn', cut, effects: new Map([[cut - 1, 2]]) };
    yield { name: '', cut, effects: new Map() };
    return;
  }
  const pending = operations
    .slice(0, cut)
    .flatMap((operation, index) => durable.optionsAt(operation, index, cut));
  const names = pending.filter(({ operation }) => operation.kind === 'name');
  // a journal has no holes: how many of the names are there is one choice
  const choices =
    model === 'ordered' ? pending.filter(({ operation }) => operation.kind !== 'name') : pending;
  const journal = model === 'ordered' ? [names.length + 1] : [];
  const arities = [...journal, ...choices.map(({ options }) => options.length)];
  const isName = [
    ...journal.map(() => true),
    ...choices.map((one) => one.operation.kind === 'name'),
  ];
  // a state that a crash within many writes leaves is one with the later ones missing
  const next = operations[cut];
  if (next?.kind === 'write' && next.kind === operations[cut - 1]?.kind && !isFew(arities)) return;
  for (const taken of combinations(arities, isName, sampling)) {
    const effects = new Map<number, number>();
    const kept = journal.length > 0 ? (taken[0] ?? 0) : names.length;
    if (journal.length > 0) for (const { index } of names.slice(kept)) effects.set(index, 0);
    for (const [place, { index, options }] of choices.entries()) {
      const option = options[taken[journal.length + place] ?? 0];
      if (option !== undefined && option !== 1) effects.set(index, option);
    }
    yield { name: taken.join(''), cut, effects };
  }
}

function build(
  start: Disk,
  operations: readonly Operation[],
  { cut, effects }: Chosen,
  contents: Contents,
): Pick<CrashState, 'directories' | 'files' | 'key'> {
  const names = new Map([...start.directories].map(([inode, own]) => [inode, new Map(own)]));
  const data = new Map<Inode, [number, DataOperation][]>();
  for (const [index, operation] of operations.slice(0, cut).entries()) {
    if (operation.kind === 'name') {
      const effect = named(operation, effects.get(index) ?? 1);
      if (effect) applyName(names, effect);
    } else if (operation.kind === 'write' || operation.kind === 'truncate') {
      const own = data.get(operation.inode) ?? [];
      own.push([index, operation]);
      data.set(operation.inode, own);
    }
  }
  const directories: string[] = [];
  const files: FileState[] = [];
  const hash = createHash('sha1');
  const links = new Map<Inode, string>();
  const isDirectory = directoryInodes(start, operations);
  const walk = (directory: Inode, path: string): void => {
    for (const [name, inode] of [...(names.get(directory) ?? [])].sort(byName)) {
      const below = path === '' ? name : `${path}/${name}`;
      if (isDirectory.has(inode)) {
        directories.push(below);
        hash.update(`${below}/\n`);
        walk(inode, below);
        continue;
      }
      const content = contents.after(inode, data.get(inode) ?? [], effects);
      files.push({ path: below, inode, bytes: content.bytes });
      hash.update(`${below} ${content.hash} ${links.get(inode) ?? ''}\n`);
      links.set(inode, links.get(inode) ?? below);
    }
  };
  walk(ROOT, '');
  return { directories, files, key: hash.digest('hex') };
}

/** What is left of a change of names. */
function named(operation: NameOperation, option: number): NameOperation | undefined {
  const { put, removed, ...rest } = operation;
  if (option === 0) return undefined;
  if (option === 2) return { ...rest, ...(put && { put }) };
  if (option === 3) return { ...rest, ...(removed && { removed }) };
  return operation;
}

function byName([a]: readonly [string, Inode], [b]: readonly [string, Inode]): number {
  return a < b ? -1 : 1;
}

const known = new WeakMap<readonly Operation[], ReadonlySet<Inode>>();

function directoryInodes(start: Disk, operations: readonly Operation[]): ReadonlySet<Inode> {
  const before = known.get(operations);
  if (before) return before;
  const made = operations.flatMap((operation) =>
    operation.kind === 'name' && operation.call === 'mkdir' ? (operation.put?.inode ?? []) : [],
  );
  const all = new Set([...start.directories.keys(), ...made]);
  known.set(operations, all);
  return all;
}

/** The disk after operations that all are there. */
export function diskAfter({ start, operations }: Recording, cut = operations.length): CrashState {
  const contents = new Contents(start.files);
  const state = build(start, operations, { name: '', cut, effects: new Map() }, contents);
  const acknowledged = operations.slice(0, cut).filter(({ kind }) => kind === 'promise').length;
  return { ...state, acknowledged, cut, choice: '' };
}
