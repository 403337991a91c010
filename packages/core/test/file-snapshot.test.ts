import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeFileSystem } from '@tgstore/fs';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { conversationContents } from '../src/conversation-contents.ts';
import type { ConversationFile } from '../src/conversation-file.ts';
import { unguarded } from '../src/conversation-guard.ts';
import { FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { message } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { type Instant, large, openInPlace, stopping, stoppingInForce } from './support/in-place.ts';
import { errorsOf, type TempStore, tempStore } from './support/store.ts';

// Readers see one state of a large file, whatever is appended to it in place, and take no lock.

const COUNT = 270;

async function storeWithLarge(status?: 'processed'): Promise<TempStore> {
  const dir = await tempStore({ durability: 'relaxed' });
  await dir.files.saveConversation(large(COUNT));
  if (status) await dir.files.markAsProcessed('1');
  return dir;
}

const nameOf = async ({ files }: TempStore): Promise<string> =>
  (await files.listFiles())[0]?.path ?? '';

const contentOf = async (dir: TempStore): Promise<string> => readFile(await nameOf(dir), 'utf8');

async function bytesOf(file: ConversationFile): Promise<string> {
  return Buffer.concat(await collect(file.bytes())).toString('utf8');
}

/** What a reader of its own finds, by every way; all of them must find the same. Resolves to the bytes of the state. */
async function observe(dir: TempStore, where: string): Promise<string> {
  const files = new FileManager({ storageDir: dir.path });
  await using file = await files.openConversation('1');
  const text = await bytesOf(file);
  const { metadata } = JSON.parse(text);
  const keys = Object.keys(JSON.parse(text).messages);
  expect(metadata.message_count, where).toBe(keys.length);
  const loaded = await files.loadConversation('1');
  expect([...loaded.messages.keys()], where).toEqual(keys);
  expect(loaded.metadata, where).toEqual(metadata);
  expect(await files.readMetadata('1'), where).toEqual(metadata);
  const [listed] = await collect(files.listMetadata());
  expect(listed?.metadata, where).toEqual(metadata);
  expect(listed?.size, where).toBe(Buffer.byteLength(text));
  const ids = async (range: object) =>
    (await collect(files.readMessages('1', range))).map(({ id }) => String(id));
  expect(await ids({}), where).toEqual(keys);
  expect(await ids({ last: 50 }), where).toEqual(keys.slice(-50));
  const contents = conversationContents(dir.path, {
    durability: 'relaxed',
    fileSystem: nodeFileSystem,
    guardOf: () => unguarded,
  });
  for await (const snapshot of contents.snapshots()) {
    await using own = snapshot;
    const archived = Buffer.concat(await collect(own.bytes() as AsyncIterable<Uint8Array>));
    expect(archived.toString('utf8') === text, where).toBe(true);
    expect(own.facts, where).toMatchObject({ revision_id: metadata.revision_id });
  }
  return text;
}

const describe = ({ number, call, isMiddle }: Instant): string =>
  `${isMiddle ? 'in the middle of' : 'before'} call ${number}: ${call.name} ${String(call.args[0]).slice(-30)}`;

interface Opened {
  readonly file: ConversationFile;
  readonly expected: string;
  readonly where: string;
}

/** A reader that has read nothing yet, and what it must read. */
async function openAt(dir: TempStore, where: string): Promise<Opened> {
  const expected = await observe(dir, where);
  return { file: await dir.files.openConversation('1'), expected, where };
}

async function expectUnchanged(opened: readonly Opened[]): Promise<void> {
  for (const { file, expected, where } of opened) {
    await using own = file;
    const keys = Object.keys(JSON.parse(expected).messages);
    expect((await bytesOf(own)) === expected, where).toBe(true);
    expect(
      (await collect(own.messages({ last: 3 }))).map(({ id }) => `${id}`),
      where,
    ).toEqual(keys.slice(-3));
    expect([...(await own.load()).messages.keys()], where).toEqual(keys);
  }
}

test.each([
  ['unprocessed', undefined],
  ['processed', 'processed'],
] as const)(
  'at every instant of an append to a conversation that is %s readers see all of the old or of the new one, and keep it',
  async (_, status) => {
    await using dir = await storeWithLarge(status);
    const before = await contentOf(dir);
    const opened: Opened[] = [await openAt(dir, 'before')];
    const fileSystem = stopping(async (instant) => {
      opened.push(await openAt(dir, describe(instant)));
      expect(await errorsOf(dir.path), describe(instant)).toEqual([]);
      return undefined;
    });
    const store = openInPlace(dir.path, { fileSystem });
    // longer than what is written at a time
    const long = message(COUNT + 1, { text: 'é'.repeat(40_000) });
    await store.appendMessages('1', [long, message(COUNT + 2)]);
    const after = await contentOf(dir);
    const states = opened.map(({ expected }) => (expected === before ? 'old' : 'new'));
    for (const { expected, where } of opened) {
      expect([before, after].includes(expected), where).toBe(true);
    }
    // the old one first, then the new one
    expect(states).toEqual([...states].sort().reverse());
    expect(new Set(states).size).toBe(1 + Number(states.at(-1) === 'new'));
    expect(opened.filter(({ where }) => where.startsWith('in the middle')).length).toBeGreaterThan(
      3,
    );
    // what follows changes the inode that they have open, takes its place, and gives that another name
    const next = openInPlace(dir.path);
    for (const id of [3, 4, 5]) await next.appendMessages('1', [message(COUNT + id)]);
    await next.deleteMessages('1', [7]);
    await next.markAsProcessed('1');
    await next.appendMessages('1', [message(COUNT + 6)]);
    await expectUnchanged(opened);
  },
);

test('where an append dies once it has an undo record, readers see one whole state until and after it is taken back', async () => {
  let hasDied = true;
  const seen = { old: 0, new: 0 };
  for (let at = 1; hasDied; at += 1) {
    await using dir = await storeWithLarge();
    const before = await contentOf(dir);
    hasDied = false;
    let where = '';
    let early: ConversationFile | undefined;
    const fileSystem = stoppingInForce(async (instant) => {
      if (instant.number !== at) return undefined;
      hasDied = true;
      where = describe(instant);
      early = await dir.files.openConversation('1');
      return 'die';
    });
    const dying = openInPlace(dir.path, { fileSystem });
    const append = dying.appendMessages('1', [message(COUNT + 1, { text: 'é'.repeat(9000) })]);
    await append.catch(() => {});
    if (!early) break;
    const late = await openAt(dir, `${where}, dead`);
    const { expected } = late;
    const isNew = expected !== before;
    seen[isNew ? 'new' : 'old'] += 1;
    const count = COUNT + Number(isNew);
    await openInPlace(dir.path).appendMessages('1', [message(COUNT + 9)]);
    const { messages, metadata } = await dir.files.loadConversation('1');
    expect([messages.size, metadata.message_count], where).toEqual([count + 1, count + 1]);
    await expectUnchanged([{ file: early, expected, where }, late]);
  }
  expect(seen.old).toBeGreaterThan(5);
  expect(seen.new).toBeGreaterThan(0);
});

test('an append that falls between any two calls of a reader is seen whole, or not at all', async () => {
  await using dir = await storeWithLarge();
  const path = await nameOf(dir);
  const original = await readFile(path);
  let calls = 0;
  let at = 0;
  do {
    at += 1;
    await writeFile(path, original);
    const before = original.toString('utf8');
    let count = 0;
    const fileSystem = watching(async () => {
      count += 1;
      // small, so that the new tail begins where the old one was
      if (count === at) await openInPlace(dir.path).appendMessages('1', [message(COUNT + 1)]);
      return undefined;
    });
    const files = new FileManager({ storageDir: dir.path, fileSystem });
    await using file = await files.openConversation('1');
    const where = `appended to before call ${at}`;
    const metadata = await file.readMetadata();
    const text = await bytesOf(file);
    calls = count;
    const after = await readFile(path, 'utf8');
    expect([before, after].includes(text), where).toBe(true);
    expect(metadata, where).toEqual(JSON.parse(text).metadata);
  } while (at < calls);
  expect(at).toBeGreaterThan(8);
});

/** A promise that somebody else settles. */
function deferred(): { promise: Promise<void>; resolve(): void; reject(error: unknown): void } {
  let settle = {} as { resolve(): void; reject(error: unknown): void };
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

test('an append that goes on while a reader stands still is seen whole, or not at all', async () => {
  await using dir = await storeWithLarge();
  const path = await nameOf(dir);
  const original = await readFile(path);
  const before = original.toString('utf8');
  let pairs = 0;
  let isAppendDone = false;
  // the append goes to its call `first`, then the reader to its call `second`, then the append to its end, then the reader
  for (let first = 1; !isAppendDone; first += 1) {
    let isReadDone = false;
    for (let second = 2; !isReadDone; second += 1) {
      await writeFile(path, original);
      const stopped = deferred();
      const released = deferred();
      let reading: Promise<string> | undefined;
      const read = async (): Promise<string> => {
        let count = 0;
        const fileSystem = watching(async () => {
          count += 1;
          if (count !== second) return undefined;
          stopped.resolve();
          await released.promise;
          return undefined;
        });
        const files = new FileManager({ storageDir: dir.path, fileSystem });
        await using file = await files.openConversation('1');
        const text = await bytesOf(file);
        isReadDone = count < second;
        stopped.resolve();
        return text;
      };
      const fileSystem = stoppingInForce(async ({ number }) => {
        if (number !== first) return undefined;
        reading = read();
        reading.catch(stopped.reject);
        await stopped.promise;
        return undefined;
      });
      await openInPlace(dir.path, { fileSystem }).appendMessages('1', [message(COUNT + 1)]);
      released.resolve();
      isAppendDone = reading === undefined;
      if (!reading) break;
      const text = await reading;
      const after = await readFile(path, 'utf8');
      expect([before, after].includes(text), `${first}, ${second}`).toBe(true);
      pairs += 1;
    }
  }
  expect(pairs).toBeGreaterThan(50);
});

test('a state that is being replaced is never taken for what replaces it, though that be as long', async () => {
  await using dir = await storeWithLarge();
  const path = await nameOf(dir);
  const opened: ConversationFile[] = [];
  const fileSystem = stopping(async ({ call }) => {
    if (call.name === 'unlink') opened.push(await dir.files.openConversation('1'));
    return undefined;
  });
  const store = openInPlace(dir.path, { fileSystem });
  const { size } = await nodeFileSystem.stat(path);
  const line = `,\n"${COUNT + 1}":${JSON.stringify(message(COUNT + 1))}`;
  // the name becomes shorter by what the message takes
  const name = 'x'.repeat(line.length + 5);
  await store.mergeConversation(large(COUNT, { name }));
  const longer = await nodeFileSystem.stat(path);
  expect(longer.size).toBe(size + name.length - 'large'.length);
  opened.length = 0;
  const metadata = {
    conversation_id: '1',
    name: 'y'.repeat(5),
    last_message_date: '2030-01-01T00:00:00Z',
  };
  await store.mergeConversation({ messages: [message(COUNT + 1)], metadata });
  const now = await nodeFileSystem.stat(path);
  expect([now.size, now.ino]).toEqual([longer.size, longer.ino]);
  await using old = opened[0] as ConversationFile;
  expect((await old.readMetadata()).message_count).toBe(COUNT);
  const mark = dir.files.markAsProcessed('1', { unchangedSince: old.identity });
  await expect(mark).rejects.toMatchObject({ code: 'STORE_CHANGED' });
});

test('readers of another process see one whole state after the other, however fast it appends', async () => {
  const appends = 60;
  await using dir = await storeWithLarge();
  const child = startTypeScript(new URL('support/append-in-place.ts', import.meta.url), {
    args: [dir.path, '1', String(COUNT + 1), String(appends)],
  });
  const ended = once(child, 'close');
  let seen = COUNT;
  let reads = 0;
  const look = (found: number): void => {
    expect(found).toBeGreaterThanOrEqual(seen);
    expect(found).toBeLessThanOrEqual(COUNT + appends);
    seen = found;
    reads += 1;
  };
  const expectContiguous = (ids: readonly unknown[], first = 1): number => {
    expect(ids).toEqual(Array.from(ids, (_, index) => first + index));
    return first + ids.length - 1;
  };
  const { files } = dir;
  while (child.exitCode === null && child.signalCode === null) {
    const { messages, metadata } = await files.loadConversation('1');
    expect(metadata.message_count).toBe(messages.size);
    look(expectContiguous([...messages.values()].map(({ id }) => id)));
    {
      await using file = await files.openConversation('1');
      const ids: unknown[] = [];
      for await (const { id } of file.messages()) {
        ids.push(id);
        // slowly: meanwhile others are appended
        if (ids.length % 60 === 0) await files.readMetadata('1');
      }
      look(expectContiguous(ids));
      expect((await file.readMetadata()).message_count).toBe(ids.length);
    }
    const last = (await collect(files.readMessages('1', { last: 50 }))).map(({ id }) => id);
    expect(last).toHaveLength(50);
    look(expectContiguous(last, Number(last[0])));
    const { message_count, last_message_id } = await files.readMetadata('1');
    expect(last_message_id).toBe(message_count);
    look(Number(message_count));
    expect(await errorsOf(dir.path)).toEqual([]);
  }
  expect(await ended).toEqual([0, null]);
  expect((await files.loadConversation('1')).messages.size).toBe(COUNT + appends);
  expect(reads).toBeGreaterThan(0);
  expect(await readFile(join(dir.path, '1_unprocessed.json'), 'utf8')).toMatch(/^\{"messages":/);
});
