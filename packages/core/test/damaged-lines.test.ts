import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  deserializeConversation,
  JsonReader,
  type Message,
  serializeConversation,
  stringifyJson,
} from '@tgstore/schema';
import { createRandom, type Random, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { ChangeCounter } from '../src/change-log.ts';
import { ConversationFile } from '../src/conversation-file.ts';
import { findSplices } from '../src/find-splices.ts';
import { type MessageRange, StoreError } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, messages } from './support/conversations.ts';
import { filterMessages, isWithin } from './support/filter-messages.ts';

const COUNT = 500;
const GIVEN = messages(COUNT).map((one, index) => ({
  ...one,
  text: `\\ "},\n"é" ${'x'.repeat(index % 50 === 0 ? 30_000 : 400)}`,
}));
const WHOLE = Buffer.from(
  serializeConversation(
    conversation('1', GIVEN, {
      message_count: COUNT,
      last_message_id: COUNT,
      last_message_date: GIVEN.at(-1)?.date,
    }),
  ),
);
const BREAKS = [...WHOLE.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at);

/** One damage; half of them where lines meet. */
function damage(random: Random): Buffer {
  const at = random.chance(0.5)
    ? Math.max(0, (BREAKS[random.int(0, BREAKS.length - 1)] ?? 0) + random.int(-4, 8))
    : random.int(0, WHOLE.length - 1);
  const other = random.int(0, WHOLE.length - 1);
  const bytes = Buffer.from(WHOLE);
  const cut = (to: number, put = '') =>
    Buffer.concat([WHOLE.subarray(0, at), Buffer.from(put), WHOLE.subarray(to)]);
  switch (random.int(0, 7)) {
    case 0:
      bytes[at] = (bytes[at] as number) ^ (1 << random.int(0, 7));
      return bytes;
    case 1:
      bytes.write('{}[]",:\\\n 0\xff'[random.int(0, 11)] as string, at, 'latin1');
      return bytes;
    case 2:
      return cut(at + 1);
    case 3:
      return cut(at + random.int(2, 5_000));
    case 4:
      return WHOLE.subarray(0, at);
    case 5:
      return bytes.fill(0, at, Math.min(at + 4096, bytes.length));
    case 6:
      // said twice
      return cut(Math.max(0, at - random.int(1, 3_000)));
    default:
      return cut(at, WHOLE.toString('latin1', other, other + random.int(1, 2_000)));
  }
}

/** What the text says when it is parsed as a whole; `undefined` where that is not valid or not in order. */
async function parseWhole(bytes: Buffer): Promise<Message[] | undefined> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    const all = [...deserializeConversation(text).messages.values()];
    const keys = await keysOf(bytes);
    const isSame = keys.length === all.length;
    return isSame && keys.every((key, at) => key === String(all[at]?.id)) ? all : undefined;
  } catch {
    return undefined;
  }
}

/** The keys of all messages, in the order of the text. */
async function keysOf(bytes: Buffer): Promise<string[]> {
  const keys: string[] = [];
  const reader = new JsonReader(
    (async function* () {
      yield bytes;
    })(),
  );
  await reader.enter('{');
  for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
    if (key !== 'messages') await reader.skip();
    else {
      await reader.enter('{');
      for await (const batch of reader.members()) keys.push(...batch.map((member) => member.key));
    }
  }
  return keys;
}

function ranges(random: Random): MessageRange[] {
  const [a, b] = [random.int(-5, COUNT + 5), random.int(0, 30)];
  const from = GIVEN[random.int(0, COUNT - 1)]?.date ?? '';
  return [{}, { after: a, limit: b }, { before: a, last: b }, { from, before: a }, { last: b }];
}

/** Whether no message stands out of its time, so that a date can be looked for. */
function isInOrderOfTime(all: readonly Message[]): boolean {
  const times = all.map(({ date }) => Date.parse(date ?? ''));
  return times.every((time, at) => at === 0 || time >= (times[at - 1] as number));
}

/** Whether a text has this message, as we write it or in a line that another text has come into. */
function says(text: string, message: Message): boolean {
  const json = stringifyJson(message);
  if (text.includes(json)) return true;
  const lines = text.split('\n').filter((line) => line.startsWith(`"${message.id}":`));
  return lines.some((line) => {
    try {
      const parsed = JSON.parse(`{${line.replace(/,$/, '')}}`);
      return stringifyJson(parsed[String(message.id)]) === json;
    } catch {
      return false;
    }
  });
}

test('a damaged file gives what it says or is refused, and nothing that it does not say', {
  timeout: 180_000,
}, async () => {
  const seed = Number(process.env.TGSTORE_SEED ?? Date.now() % 1_000_000_007);
  process.stderr.write(`seed ${seed}; again with TGSTORE_SEED=${seed}\n`);
  const random = createRandom(seed);
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const seen = { valid: 0, refused: 0, partly: 0 };
  for (let run = 0; run < Number(process.env.TGSTORE_RUNS ?? 300); run += 1) {
    const bytes = damage(random);
    const where = `run ${run} of seed ${seed}`;
    await writeFile(path, bytes);
    const valid = await parseWhole(bytes);
    const text = bytes.toString();
    await using file = await ConversationFile.open(path);
    const result = async <T>(read: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await read();
      } catch (error) {
        if (error instanceof StoreError && error.code === 'STORE_INVALID_FILE') return undefined;
        throw new Error(`${where}: ${error}`, { cause: error });
      }
    };

    const loaded = await result(() => file.load());
    const lines = (await result(() => collect(file.lines())))?.flat();
    if (valid) {
      expect([...(loaded?.messages.values() ?? [])], where).toEqual(valid);
      const read = lines?.map(({ key, json }) => [key, JSON.parse(json)]);
      expect(read, where).toEqual(valid.map((one) => [String(one.id), one]));
    }
    for (const { json } of lines ?? []) expect(valid || text.includes(json), where).toBeTruthy();
    for (const range of ranges(random)) {
      const what = `${where}, ${JSON.stringify(range)}`;
      const given: Message[] = [];
      const isRead = await result(async () => {
        for await (const one of file.messages(range)) given.push(one);
        return true;
      });
      seen[valid ? 'valid' : isRead ? 'partly' : 'refused'] += 1;
      if (valid && (range.from === undefined || isInOrderOfTime(valid))) {
        expect(isRead, what).toBe(true);
        expect(given, what).toEqual(filterMessages(valid, range));
      }
      // all of it is looked at
      if (!valid && Object.keys(range).length === 0) expect(isRead, what).toBeUndefined();
      for (const one of given) {
        expect(isWithin(one, range), what).toBe(true);
        expect(valid || says(text, one), what).toBeTruthy();
      }
    }
    const id = random.int(1, COUNT);
    const found = await result(() => file.findMessage(id));
    if (valid) expect(found, where).toEqual(valid.find((one) => one.id === id));
    else if (found) expect(says(text, found), where).toBe(true);
    const change = { key: String(id), choose: () => ({ key: String(id), json: `{"id":${id}}` }) };
    await result(() => findSplices(file, [change], new ChangeCounter()));
  }
  // else the damage was of one kind only
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(50);
});
