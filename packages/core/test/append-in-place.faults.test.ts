import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { type EnhancedFileManager, FileManager, type FileSystem } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { message } from './support/conversations.ts';
import { codesOf, type Failing, failing, watching } from './support/faults.ts';
import { large, openInPlace } from './support/in-place.ts';
import { errorsOf } from './support/store.ts';

// Each call of an append in place fails in turn. Afterwards the conversation is the old or the new one whole, the next
// try works, and the change log tells of all that came.

const COUNT = 270;
const ADDED = [COUNT + 1, COUNT + 2];
const LANES = 6;

const append = (store: EnhancedFileManager) =>
  // longer than what is written at a time
  store.appendMessages(
    '1',
    ADDED.map((id) => message(id, { text: 'é'.repeat(40_000) })),
  );

/** What fails, and whether all that is called after it fails too. */
interface Fault {
  readonly code: string;
  readonly forEver: boolean;
}

interface Outcome {
  readonly isOver: boolean;
  readonly hasRecord: boolean;
}

describe.each(['unprocessed', 'processed'])(
  'an append in place to a conversation that is %s',
  (status) => {
    const sweep = async (
      inject: (at: number) => Failing,
      { code, forEver }: Fault,
    ): Promise<number> => {
      await using template = await tempDirectory();
      const storageDir = join(template.path, 'chats');
      const files = new FileManager({ storageDir, durability: 'relaxed' });
      await files.saveConversation(large(COUNT));
      if (status === 'processed') await files.markAsProcessed('1');
      let calls = 0;
      let records = 0;
      const lane = async (): Promise<void> => {
        for (;;) {
          calls += 1;
          const outcome = await failAt(template.path, inject(calls), { code, forEver, at: calls });
          records += Number(outcome.hasRecord);
          if (outcome.isOver) return;
        }
      };
      await Promise.all(Array.from({ length: LANES }, lane));
      expect(calls - LANES).toBeGreaterThan(20);
      return records;
    };

    test.each(status === 'processed' ? ['EIO'] : ['EIO', 'ENOSPC', 'EACCES', 'EROFS', 'EMFILE'])(
      'is whole or not made, whichever call fails with %s',
      async (code) => {
        const records = await sweep((at) => failing(code, at), { code, forEver: false });
        // only where the record could not be removed
        expect(records).toBeLessThan(4);
      },
    );

    if (status === 'unprocessed') {
      test('is whole or not made, whichever write takes no more', async () => {
        await sweep(shortWrite, { code: 'FS_SHORT_WRITE', forEver: false });
      });
    }

    test('stays under its undo record where it can’t be rolled back, and is taken back by the next change', async () => {
      const records = await sweep((at) => failing('EIO', at, true), { code: 'EIO', forEver: true });
      expect(records).toBeGreaterThan(4);
    });
  },
);

/** The n-th call, if it is a write, takes half of the bytes; and the one after it none. */
function shortWrite(at: number): Failing {
  const calls: string[] = [];
  let isFull = false;
  const fileSystem: FileSystem = watching(({ name, args, count }) => {
    calls.push(name);
    if (name !== 'handle.write' || count < at || count > at + 1) return undefined;
    if (isFull) return { result: { bytesWritten: 0 } };
    isFull = count === at;
    const [bytes, offset, length, position] = args;
    return isFull
      ? async (write) => write(bytes, offset, Number(length) >> 1, position)
      : undefined;
  });
  return { fileSystem, calls, openHandles: () => 0 };
}

async function failAt(
  template: string,
  { fileSystem, calls, openHandles }: Failing,
  { code, forEver, at }: Fault & { readonly at: number },
): Promise<Outcome> {
  await using directory = await tempDirectory();
  await cp(template, directory.path, { recursive: true });
  const path = join(directory.path, 'chats');
  const files = new FileManager({ storageDir: path });
  const before = await contentOf(files);
  const { revision } = await files.readMetadata('1');
  const store = openInPlace(path, { fileSystem, durability: 'full' });
  const error = await append(store).catch((thrown: unknown) => thrown);
  const failed = calls[at - 1];
  const where = `${code} at call ${at} of ${calls.length}: ${failed}`;
  expect(openHandles(), where).toBe(0);
  const hasRecord = (await readdir(path)).includes('.1.undo');
  const found = (await errorsOf(path)).map((problem) => problem.code);
  expect(found, where).toEqual(hasRecord ? ['CHECK_INTERRUPTED_APPEND'] : []);

  const now = await contentOf(files);
  const isOld = now === before;
  if (isOld) expect(error, where).toBeInstanceOf(Error);
  else expect(await idsOf(files), where).toEqual(idsUpTo(COUNT + 2));
  if (hasRecord) expect(isOld, where).toBe(true);
  if (error instanceof Error) {
    // ensureDirectory says of a directory that it can't look at what mkdir said
    const told = [code, 'EEXIST'].some((one) => codesOf(error).includes(one));
    expect(told, `${where}, told ${codesOf(error)}`).toBe(true);
  }

  // what failed once does not fail for ever: the same manager goes on
  const next = forEver || !failed ? openInPlace(path) : store;
  await append(next);
  expect(await idsOf(files), where).toEqual(idsUpTo(COUNT + 2));
  expect(await errorsOf(path), where).toEqual([]);
  expect((await readdir(path)).includes('.1.undo'), where).toBe(false);
  const { added, edited } = await next.changes('1', { sinceRevision: revision ?? 0 });
  const range = { first: `${COUNT + 1}`, last: `${COUNT + 2}` };
  expect([added, edited], where).toEqual([[range], []]);
  await next.close();
  return { isOver: failed === undefined, hasRecord };
}

const idsUpTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function idsOf(files: FileManager): Promise<unknown[]> {
  return (await collect(files.readMessages('1'))).map(({ id }) => id);
}

/** The bytes of the conversation, as readers see them. */
async function contentOf(files: FileManager): Promise<string> {
  await using file = await files.openConversation('1');
  return Buffer.concat(await collect(file.bytes())).toString('utf8');
}
