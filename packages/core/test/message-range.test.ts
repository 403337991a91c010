import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageLine, serializeConversation } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { ConversationFile } from '../src/conversation-file.ts';
import { FileManager, type MessageRange } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { countReads } from './support/count-reads.ts';
import { tempStore } from './support/store.ts';

const KIB = 1024;
const COUNT = 30_000;
const LARGE = messages(COUNT, { text: 'x'.repeat(600) });
const dateOf = (id: number): string => message(id).date as string;

async function largeStore() {
  const store = await tempStore({ durability: 'relaxed' });
  const path = await store.files.saveConversation(conversation('1', LARGE));
  const reads = countReads();
  const files = new FileManager({ storageDir: store.path, fileSystem: reads.fileSystem });
  return { ...store, conversationPath: path, reads, counted: files };
}

test('what a range costs depends neither on the size of the conversation nor on its place', async () => {
  await using store = await largeStore();
  const { counted, reads } = store;
  await using open = await counted.openConversation('1');
  expect(open.size).toBeGreaterThan(19_000 * KIB);
  for (const place of [0, 1, 1_000, 14_999, 15_000, COUNT - 60, COUNT - 1]) {
    const ranges: [MessageRange, first: number | undefined, length: number][] = [
      [{ last: 50 }, COUNT - 49, 50],
      [{ after: place, limit: 50 }, place + 1, Math.min(50, COUNT - place)],
      [{ from: dateOf(place + 1), limit: 50 }, place + 1, Math.min(50, COUNT - place)],
      [{ before: place + 1, last: 50 }, place && Math.max(1, place - 49), Math.min(50, place)],
      [{ after: place, before: place + 3 }, place + 1, Math.min(2, COUNT - place)],
      [{ after: place + 3, before: place }, undefined, 0],
    ];
    for (const [range, first, length] of ranges) {
      reads.take();
      const found = await collect(counted.readMessages('1', range));
      expect(reads.take(), JSON.stringify(range)).toBeLessThan(700 * KIB);
      expect(found, JSON.stringify(range)).toHaveLength(length);
      if (length > 0) expect(found[0]?.id).toBe(first);
    }
    reads.take();
    expect((await counted.openConversation('1').then(find(place + 1)))?.id).toBe(place + 1);
    expect(reads.take()).toBeLessThan(400 * KIB);
  }
});

const find = (id: number) => async (file: ConversationFile) => {
  await using open = file;
  return await open.findMessage(id);
};

test('the first message of all comes after one block, and no more is read than was asked for', async () => {
  await using store = await largeStore();
  const { counted, reads } = store;
  const all = counted.readMessages('1');
  expect((await all.next()).value).toMatchObject({ id: 1 });
  expect(reads.take()).toBeLessThan(300 * KIB);
  await all.return(undefined);
  expect(await collect(counted.readMessages('1', { limit: 1 }))).toHaveLength(1);
  expect(reads.take()).toBeLessThan(300 * KIB);
  await collect(counted.readMessages('1', { limit: 0 }));
  await collect(counted.readMessages('1', { last: 0 }));
  expect(reads.take()).toBeLessThan(100 * KIB);
});

test('where no message has a date, none is looked for longer than a walk takes', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const text = serializeConversation(conversation('1', messages(5_000, { date: undefined })));
  await writeFile(path, text);
  const reads = countReads();
  await using file = await ConversationFile.open(path, { fileSystem: reads.fileSystem });
  expect(await collect(file.messages({ from: dateOf(1) }))).toEqual([]);
  expect(reads.take()).toBeLessThan(2 * text.length);
});

test('messages without a date in front of the first of a time are passed over', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const { metadata, messages: all } = conversation('1', LARGE.slice(0, 600));
  for (const undated of [
    [299, 301],
    [2, 600],
    [300, 600],
    [1, 299],
  ] as const) {
    const list = [...all.values()].map((one, index) => {
      const { date: _, ...rest } = one;
      return index + 1 >= undated[0] && index + 1 <= undated[1] ? rest : one;
    });
    await writeFile(path, serializeConversation(conversation('1', list, metadata)));
    await using file = await ConversationFile.open(path);
    const found = await collect(file.messages({ from: dateOf(undated[0]) }));
    expect(found.map(({ id }) => id)).toEqual(list.slice(undated[1]).map(({ id }) => id));
  }
});

/** Our layout, with lines as `edit` makes them. */
async function edited(path: string, edit: (line: string, id: number) => string): Promise<void> {
  const [before = '', after = ''] = serializeConversation(conversation('1', [])).split('},\n');
  const lines = LARGE.slice(0, 400).map((one, index) => edit(messageLine(one), index + 1));
  await writeFile(path, `${before}${lines.join(',\n')}\n},\n${after}`);
}

test('messages that share a line are counted as messages', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const text = serializeConversation(conversation('1', LARGE.slice(0, 400)));
  await writeFile(path, text.replace('\n"398":', ' "398":'));
  await using file = await ConversationFile.open(path);
  for (const last of [1, 2, 3, 4, 5, 399, 400, 500]) {
    const found = await collect(file.messages({ last }));
    expect(found.map(({ id }) => id)).toEqual(
      LARGE.slice(0, 400)
        .slice(-last)
        .map(({ id }) => id),
    );
  }
});

test('a date that is none is refused with its place, not taken for another', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  // among them is the first line that is looked at
  const isBroken = (id: number) => id > 190 && id < 210;
  await edited(path, (line, id) =>
    isBroken(id) ? line.replace(/"date":"[^"]*"/, '"date":5') : line,
  );
  await using file = await ConversationFile.open(path);
  await expect(collect(file.messages({ from: dateOf(10) }))).rejects.toMatchObject({
    code: 'STORE_INVALID_FILE',
    message: expect.stringContaining('messages.191.date'),
  });
});

test('reading ends with the last message that was asked for, whatever stands behind it', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  await edited(path, (line, id) => (id === 3 ? 'no message' : line));
  await using file = await ConversationFile.open(path);
  expect(await collect(file.messages({ limit: 2 }))).toHaveLength(2);
  await expect(collect(file.messages({ limit: 3 }))).rejects.toThrow(/expected a key in quotes/);
});

test.each<[MessageRange, RegExp]>([
  [{ limit: 1, last: 1 }, /`limit` and `last` can’t both be set/],
  [{ limit: -1 }, /`limit` must be a whole number from 0 on, not -1/],
  [{ limit: 1.5 }, /`limit` must be/],
  [{ last: Number.NaN }, /`last` must be a whole number from 0 on, not NaN/],
  [{ last: -3 }, /`last` must be/],
  [{ last: '5' as never }, /`last` must be/],
  [{ from: 'yesterday' }, /`from` must be a date in ISO 8601, such as .*, not yesterday/],
  [{ from: 'message 5' }, /`from` must be/],
  [{ from: '2024-02-30' }, /`from` must be/],
  [{ from: '' }, /`from` must be/],
  [
    { from: new Date(Number.NaN) },
    /`from` must be a date in ISO 8601, such as .*, not Invalid Date/,
  ],
])('the range %o is refused when the first message is asked for', async (range, text) => {
  await using store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const reading = store.files.readMessages('1', range);
  await expect(reading.next()).rejects.toThrow(TypeError);
  await expect(store.files.readMessages('1', range).next()).rejects.toThrow(text);
});

test('a date is a day, a time, a time with a zone, or a Date; without a zone it is UTC', async () => {
  await using store = await tempStore();
  const list = messages([1, 2, 3]).map((one, index) => ({
    ...one,
    date: `2024-01-0${index + 1}T12:00:00Z`,
  }));
  await store.files.saveConversation(conversation('1', list));
  for (const from of [
    '2024-01-02',
    '2024-01-02T12:00',
    '2024-01-02 12:00:00Z',
    '2024-01-02T14:00:00+02:00',
    new Date('2024-01-02T12:00:00Z'),
  ]) {
    const found = await collect(store.files.readMessages('1', { from }));
    expect(
      found.map(({ id }) => id),
      String(from),
    ).toEqual([2, 3]);
  }
  const { POSITIVE_INFINITY: all } = Number;
  expect(await collect(store.files.readMessages('1', { last: all }))).toHaveLength(3);
});
