import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FormatError, openExport } from '../src/index.ts';
import { chatJson, chunks, readAll, readOne } from './support/read.ts';

const SEED = Number(process.env.TGSTORE_SEED ?? 20_261_123);

const account = JSON.stringify(
  {
    about: 'x',
    personal_information: { user_id: 7 },
    contacts: { about: 'y', list: [{ first_name: 'A' }] },
    chats: {
      about: 'z',
      list: [
        {
          name: 'Ann "é"',
          type: 'personal_chat',
          id: 7,
          messages: [
            { id: 1, type: 'message', date_unixtime: '1700000000', text: 'a ]},{ \\ b' },
            { id: 2, type: 'message', text: ['😀', { type: 'bold', text: 'b' }] },
          ],
        },
        { name: 'Empty', type: 'bot_chat', id: 8, messages: [] },
        { name: 'G', type: 'private_group', id: 9, messages: [{ id: 5 }] },
      ],
    },
    left_chats: { list: [{ name: 'L', type: 'public_channel', id: 3, messages: [{ id: 6 }] }] },
  },
  null,
  1,
);

describe('an export cut off at any byte', () => {
  const bytes = Buffer.from(account);
  // where each message ends
  const ends: number[] = [];
  for (const match of account.matchAll(/\{\s*"id": [1256][,\s]/g)) {
    let end = match.index;
    const close = `\n${' '.repeat(account.slice(0, match.index).split('\n').at(-1)?.length ?? 0)}}`;
    end = account.indexOf(close, match.index) + close.length;
    ends.push(Buffer.byteLength(account.slice(0, end)));
  }

  test('gives the messages before the cut, and says where it ends', {
    timeout: 120_000,
  }, async () => {
    expect(ends).toHaveLength(4);
    const whole = await readAll(bytes);
    const all = whole.conversations.flatMap(({ messages }) => messages);
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length);
      const expected = ends.filter((end) => end <= length).length;
      const result = await readAll(cut, { chunk: 97 }).catch(
        (error: unknown) => error as FormatError,
      );
      if (result instanceof Error) {
        expect([length, result.code]).toEqual([
          length,
          length === 0 ? 'FORMAT_EMPTY' : 'FORMAT_TRUNCATED',
        ]);
        expect([length, expected]).toEqual([length, 0]);
        continue;
      }
      const messages = result.conversations.flatMap((conversation) => conversation.messages);
      expect([length, messages]).toEqual([length, all.slice(0, expected)]);
      expect(result.report.truncated).toMatchObject({ offset: length });
      expect(result.report.damaged).toBeUndefined();
    }
  });
});

test('a chat cut off before its messages, after others, does not come out', async () => {
  const { conversations, report } = await readAll(
    '{"chats":{"list":[{"id":7,"type":"personal_chat","messages":[]},{"id":8,"name":"B',
  );
  expect(conversations).toHaveLength(1);
  expect(report.truncated).toEqual({ offset: 81, place: 'chats.list[1]' });
});

test('a missing comma ends the conversation there', async () => {
  const { messages, metadata, report } = await readOne(
    '{"name":"Ann","id":7,"type":"bot_chat","messages":[{"id":1},{"id":2}{"id":3}]}',
  );
  expect(messages.map(({ id }) => id)).toEqual([1, 2]);
  expect(metadata.conversation_id).toBe('7');
  expect(report.damaged).toEqual({
    offset: 68,
    place: 'messages[2]',
    conversation: '7',
    reason: 'expected , or ], found {',
  });
});

test('a missing quote before much more is damage, not a cut', async () => {
  const many = Array.from({ length: 20_000 }, (_, id) => ({
    id: id + 3,
    text: 'abc',
    more: 'abc',
  }));
  const input = chatJson([{ id: 1 }, { id: 2, text: 'here' }, ...many]).replace('"here"', '"here');
  const { messages, report } = await readOne(input);
  expect(messages.map(({ id }) => id)).toEqual([1]);
  expect(report.damaged).toMatchObject({
    place: 'messages[1]',
    reason: 'what begins does not end',
  });
});

describe(`with seed ${SEED}`, () => {
  test('the size of the chunks makes no difference', async () => {
    const whole = await readAll(account);
    for (const chunk of [1, 7, 64, 65_536])
      expect(await readAll(account, { chunk })).toEqual(whole);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 500 }), async (chunk) => {
        expect(await readAll(account, { chunk })).toEqual(whole);
      }),
      { seed: SEED, numRuns: 50 },
    );
  });

  const change = fc.record({
    at: fc.nat(),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\0e-n'))),
  });

  test('changed bytes give a result, or a FormatError', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (changes, isSingle) => {
          const input = Buffer.from(
            isSingle ? chatJson([{ id: 1, text: 'a' }, { id: 2 }]) : account,
          );
          for (const { at, byte } of changes) input[at % input.length] = byte;
          await survives(input);
        },
      ),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test('so does any JSON under the keys of an export', async () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const key = fc.constantFrom(
      'messages',
      'chats',
      'left_chats',
      'list',
      'id',
      'type',
      'name',
      'conversations',
      'personal_information',
      'contacts',
      'x',
      '__proto__',
    );
    const keys = fc.array(
      fc.tuple(key, fc.oneof(json, fc.array(fc.dictionary(key, json)), fc.dictionary(key, json))),
    );
    await fc.assert(
      fc.asyncProperty(keys, async (entries) => {
        const body = entries.map(
          ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
        );
        await survives(Buffer.from(`{${body.join(',')}}`));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });
});

async function survives(input: Uint8Array): Promise<void> {
  try {
    const reader = await openExport(chunks(input, 1000));
    for await (const conversation of reader.conversations()) {
      for await (const message of conversation.messages) expect(message.id).toBeDefined();
      conversation.finish();
    }
  } catch (error) {
    expect(error).toMatchObject({ name: 'FormatError' });
  }
}

test('a number too large for any type is no silent null: its message is left out with a word', async () => {
  const { messages, report } = await readOne(
    '{"id":7,"messages":[{"id":1,"text":"a"},{"id":2,"text":"b","score":1e999}]}',
  );
  expect(messages.map(({ id }) => id)).toEqual([1]);
  expect(report.skipped).toMatchObject({
    count: 1,
    first: [{ place: 'messages[1]', reason: expect.stringContaining('number out of range') }],
  });
});
