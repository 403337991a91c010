// A store that belongs to somebody else: what its modes allow is read, and all else is refused.

import { chmod, lstat, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { collect } from '../collect.ts';
import { type Case, type Cases, caseRunner, codeOf, Expectations } from './case.ts';
import { EVERY_CHANGE, OPERATIONS, type OperationName } from './operations.ts';
import { makeSample, openStore, STORE } from './sample-store.ts';
import { treeChanges, treeOf } from './tree.ts';

const NOBODY = 65_534;
const CODE = /^(?:STORE|LOCK|BACKUP|FS|SCHEMA)_[A-Z_]+$|^E[A-Z]+$/;

/** A store with other modes, looked at by somebody who does not own it. */
const asNobody =
  (
    modes: { readonly directory: number; readonly file: number },
    work: (root: string, expect: Expectations) => Promise<void>,
  ): Case =>
  async (root) => {
    const expect = new Expectations();
    await makeSample(root);
    await chmod(root, 0o755);
    await setModes(join(root, STORE), modes);
    await mkdir(join(root, 'exported'));
    await chmod(join(root, 'exported'), 0o777);
    const before = await treeOf(join(root, STORE));
    process.seteuid?.(NOBODY);
    try {
      await work(root, expect);
    } finally {
      process.seteuid?.(0);
    }
    for (const line of treeChanges(before, await treeOf(join(root, STORE)))) {
      if (!/\/locks\//.test(line)) expect.problems.push(`in the store: ${line}`);
    }
    return expect.problems;
  };

async function setModes(
  path: string,
  modes: { readonly directory: number; readonly file: number },
): Promise<void> {
  for (const name of await readdir(path)) {
    const entry = join(path, name);
    if ((await lstat(entry)).isDirectory()) await setModes(entry, modes);
    else await chmod(entry, modes.file);
  }
  await chmod(path, modes.directory);
}

const READS = (Object.keys(OPERATIONS) as OperationName[]).filter(
  (name) => !EVERY_CHANGE.includes(name) && name !== 'back up',
);

const CASES: Cases = {
  'may be read': asNobody({ directory: 0o755, file: 0o644 }, async (root, expect) => {
    await using store = openStore(join(root, STORE));
    for (const name of READS) {
      const code = await codeOf(() => OPERATIONS[name](store, root));
      expect.same(name, code, undefined);
    }
    for (const name of [...EVERY_CHANGE, 'back up' as const]) {
      const code = await codeOf(() => OPERATIONS[name](store, root));
      // these tell of each conversation what became of it
      const tells = ['process', 'recover', 'migrate'].includes(name);
      expect.true(`${name}: ${code}`, code === undefined ? tells : CODE.test(code));
    }
  }),
  'may not even be listed': asNobody({ directory: 0o700, file: 0o600 }, async (root, expect) => {
    await using store = openStore(join(root, STORE));
    for (const name of Object.keys(OPERATIONS) as OperationName[]) {
      if (name === 'load the configuration') continue;
      const code = await codeOf(() => OPERATIONS[name](store, root));
      expect.true(`${name} is refused: ${code}`, code !== undefined && CODE.test(code));
    }
  }),
  'has one that may not be read': asNobody(
    { directory: 0o755, file: 0o644 },
    async (root, expect) => {
      process.seteuid?.(0);
      const path = join(root, STORE, 'a_unprocessed.json');
      await chmod(path, 0o600);
      process.seteuid?.(NOBODY);
      await using store = openStore(join(root, STORE));
      expect.same('list', await store.listConversations(), ['a', 'b', 'big']);
      expect.same('load a', await codeOf(() => store.loadConversation('a')), 'EACCES');
      expect.same('load b', (await store.loadConversation('b')).messages.size, 3);
      const found: string[] = [];
      const code = await codeOf(async () => {
        for await (const { conversationId } of store.searchMessages('text'))
          found.push(conversationId);
      });
      expect.same('search', [found, code], [['b', 'b', 'b'], 'EACCES']);
      const problems = await collect(store.check());
      expect.true(
        'check tells',
        problems.some((problem) => problem.path === path),
      );
      process.seteuid?.(0);
      await chmod(path, 0o644);
    },
  ),
  'has directories that may be written, and files that may not': async (root) => {
    const expect = new Expectations();
    await makeSample(root);
    await chmod(root, 0o755);
    await setModes(join(root, STORE), { directory: 0o777, file: 0o444 });
    process.seteuid?.(NOBODY);
    try {
      for (const name of Object.keys(OPERATIONS) as OperationName[]) {
        await using store = openStore(join(root, STORE));
        const code = await codeOf(() => OPERATIONS[name](store, root));
        expect.true(`${name}: ${code}`, code === undefined || CODE.test(code));
      }
    } finally {
      process.seteuid?.(0);
    }
    await using store = openStore(join(root, STORE));
    const errors = (await collect(store.check())).filter(({ severity }) => severity === 'error');
    expect.same(
      'errors',
      errors.filter(({ code }) => code !== 'CHECK_PERMISSIONS'),
      [],
    );
    return expect.problems;
  },
};

export const OWNER_CASES = Object.keys(CASES);
/** @public Called in a process of its own. */
export const runCase = caseRunner(CASES);
