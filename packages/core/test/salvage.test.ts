import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type Conversation,
  type Message,
  sampleConversation,
  serializeConversation,
} from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { type Salvaged, salvageConversation } from '../src/salvage.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import { type Salvager, salvager } from './support/salvage-bytes.ts';

const GIVEN = conversation('1', messages(5), { name: 'Ann', revision: 7 });
const LINES = serializeConversation(GIVEN);

const ids = ({ messages }: Salvaged) => [...messages.keys()].join();
const at = (content: string | Uint8Array, { offset, length }: Salvaged['lost'][number]) =>
  Buffer.from(content)
    .subarray(offset, offset + length)
    .toString();

/** Salvages a content, and also tells what of it was lost. */
async function salvage(content: string | Uint8Array): Promise<Salvaged & { lostText: string[] }> {
  await using run: Salvager = await salvager();
  const salvaged = await run(content);
  return { ...salvaged, lostText: salvaged.lost.map((stretch) => at(content, stretch)) };
}

function asObject({ messages, metadata, other }: Conversation): object {
  return { messages: Object.fromEntries(messages), metadata, ...other };
}

const SAMPLE: Conversation = { ...sampleConversation(), other: { extra: [1, { a: null }], n: 2 } };
const { messages: SAMPLE_MESSAGES, ...SAMPLE_REST } = asObject(SAMPLE) as Record<string, unknown>;

test.each([
  ['in lines', serializeConversation(SAMPLE)],
  ['in one line', JSON.stringify(asObject(SAMPLE))],
  ['pretty-printed', JSON.stringify(asObject(SAMPLE), null, 2)],
  [
    'with tabs and Windows lines',
    JSON.stringify(asObject(SAMPLE), null, '\t').replaceAll('\n', '\r\n'),
  ],
  ['with a byte order mark', `\ufeff${serializeConversation(SAMPLE)}`],
  ['with metadata first', JSON.stringify({ ...SAMPLE_REST, messages: SAMPLE_MESSAGES }, null, 4)],
  ['with an array', JSON.stringify({ ...SAMPLE_REST, messages: [...SAMPLE.messages.values()] })],
])('an undamaged file %s gives everything', async (_, content) => {
  expect(await salvage(content)).toEqual({ ...SAMPLE, lost: [], lostText: [] });
});

test('spellings of the original are brought to ours, in its files too', async () => {
  const original = {
    chatId: 77,
    isGroup: true,
    last_updated: '2023-11-15 13:00:00',
    messages: { 9: { text: 'bye', date: '2023-11-15T13:00:00+00:00' }, '-2': { text: 'hi' } },
  };
  for (const text of [JSON.stringify(original), JSON.stringify(original, null, 2)]) {
    const found = await salvage(text);
    expect([...found.messages.values()]).toEqual([
      { id: -2, text: 'hi' },
      { id: 9, text: 'bye', date: '2023-11-15T13:00:00Z' },
    ]);
    expect(found).toMatchObject({
      metadata: { conversation_id: '77', is_group: true, last_update: '2023-11-15T13:00:00Z' },
      other: {},
      lost: [],
    });
    const cut = await salvage(text.slice(0, text.lastIndexOf('13:00:00+')));
    expect(cut).toMatchObject({ metadata: { conversation_id: '77' } });
    expect(ids(cut)).toBe('-2'.repeat(text.indexOf('"-2"') < text.indexOf('"9"') ? 1 : 0));
  }
});

test('a message that is not valid is lost, and only it', async () => {
  for (const [from, to] of [
    ['"id":2', '"id":9'],
    ['"id":2', '"id":true'],
    ['00:00:02Z', '00:00:99Z'],
    ['"text 2"', '1e999'],
    ['"text 2"', '"\\x"'],
  ] as const) {
    const found = await salvage(LINES.replace(from, to));
    expect(ids(found)).toBe('1,3,4,5');
    expect(found.metadata).toEqual(GIVEN.metadata);
    expect(found.lostText).toEqual([expect.stringMatching(/^"2":\{.*\}$/)]);
  }
});

test('metadata that are not valid are lost, and only they', async () => {
  for (const [from, to] of [
    ['"conversation_id":"1"', '"conversation_id":[]'],
    ['"schema_version":1', '"schema_version":2'],
    ['"conversation_id":"1"', '"conversation_id":x'],
  ] as const) {
    const found = await salvage(LINES.replace(from, to));
    expect(ids(found)).toBe('1,2,3,4,5');
    expect(found.metadata).toBeUndefined();
    expect(found.lostText).toEqual([expect.stringMatching(/^"metadata":\{/)]);
  }
});

const PRETTY = JSON.stringify(asObject(GIVEN), null, 2);
const ONE_LINE = JSON.stringify(asObject(GIVEN));
const ARRAY = JSON.stringify({ metadata: GIVEN.metadata, messages: messages(5) }, null, 2);
const LAYOUTS = [
  ['in lines', LINES],
  ['pretty-printed', PRETTY],
  ['in one line', ONE_LINE],
  ['with an array', ARRAY],
] as const;

test.each(LAYOUTS)('garbage in a message costs only that message, %s', async (_, content) => {
  for (const garbage of ['\0\0\0', '\u0007', '"', '""', '\\', '","', 'x"y', '\n']) {
    const found = await salvage(content.replace('text 3', `te${garbage}xt 3`));
    expect(ids(found), JSON.stringify(garbage)).toBe('1,2,4,5');
    expect(found.metadata).toEqual(GIVEN.metadata);
  }
  const invalid = Buffer.from(content.replace('text 3', 't\u00e9xt 3'), 'latin1');
  expect(ids(await salvage(invalid))).toBe('1,2,4,5');
});

test.each([
  ['in lines', LINES, '},\n"'],
  ['pretty-printed', PRETTY, '},\n    "'],
  ['with an array', ARRAY, '},\n    {'],
] as const)('brackets too many or too few cost only their message, %s', async (_, content, end) => {
  const third = content.indexOf(end, content.indexOf('text 3'));
  const insert = (text: string, cut = 0) =>
    content.slice(0, third) + text + content.slice(third + cut);
  expect(ids(await salvage(insert('', 1))), 'too few').toBe('1,2,4,5');
  expect(ids(await salvage(insert(',"a":{"b":[{')))).toBe('1,2,4,5');
  expect(ids(await salvage(insert(']')))).toBe('1,2,4,5');
  expect(
    ids(await salvage(`${content.slice(0, third + 1)}${content.slice(third + 2)}`)),
    'comma',
  ).toBe('1,2,3,4,5');
  expect((await salvage(insert('', 1))).metadata).toEqual(GIVEN.metadata);
});

test('a brace too many costs its message in lines, for it may be the end of a part of one', async () => {
  const found = await salvage(LINES.replace('},\n"4"', '}},\n"4"'));
  expect(ids(found)).toBe('1,2,4,5');
  expect(found.metadata).toEqual(GIVEN.metadata);
});

test('the rest of a message behind a brace that was none is no whole message', async () => {
  for (const [from, to] of [
    [',"text":"text 3"', '}"text":"text 3"'],
    ['"sender_id":"user1","text":"text 3"', '"sender_id":1},"text":"text 3"'],
    [',"text":"text 3"', '},"raw_data":{"a":1}'],
  ] as const) {
    for (const content of [LINES, ONE_LINE]) {
      const found = await salvage(content.replace(from, to));
      expect(found.messages.get('3'), to).toBeUndefined();
      expect(found.messages.has('2')).toBe(true);
      expect([...found.messages.keys()].every((id) => /^[1-5]$/.test(id))).toBe(true);
    }
  }
});

test.each(LAYOUTS)('an empty or zeroed file gives nothing, %s', async (_, content) => {
  expect(await salvage('')).toMatchObject({ metadata: undefined, other: {}, lost: [] });
  const zeros = await salvage(Buffer.alloc(content.length));
  expect(zeros).toMatchObject({
    metadata: undefined,
    lost: [{ offset: 0, length: content.length }],
  });
  expect(zeros.messages.size).toBe(0);
});

test('zeros at the beginning, in the middle and at the end cost what they cover', async () => {
  const zeroed = (from: string, to: string) => {
    const bytes = Buffer.from(LINES);
    return bytes.fill(0, LINES.indexOf(from), LINES.indexOf(to));
  };
  const [head, middle, tail] = [
    await salvage(zeroed('{"messages"', 'text 2')),
    await salvage(zeroed('text 2', 'text 4')),
    await salvage(zeroed('text 4', '\n},\n')),
  ];
  expect([ids(head), ids(middle), ids(tail)]).toEqual(['3,4,5', '1,5', '1,2,3']);
  for (const { metadata } of [head, middle, tail]) expect(metadata).toEqual(GIVEN.metadata);
});

test('behind a shorter new write the messages of the old one are found, and the newer of two is kept', async () => {
  const old = serializeConversation(
    conversation('1', messages(9, { text: 'x'.repeat(40) }), { revision: 3, name: 'Old' }),
  );
  const edited = { edit_date: '2025-01-01T00:00:00Z' };
  const fresh = serializeConversation(
    conversation('1', [message(1, edited), message(7, { ...edited, text: 'new' })], {
      revision: 4,
    }),
  );
  const found = await salvage(fresh + old.slice(fresh.length));
  const whole = old.split('\n').filter((line) => old.indexOf(line) >= fresh.length);
  expect(whole.length).toBeGreaterThan(5);
  const expected = ['1', '7', ...whole.map((line) => /^"(\d)"/.exec(line)?.[1] ?? '')];
  expect(ids(found)).toBe([...new Set(expected)].filter(Boolean).sort().join());
  expect(found.messages.get('7')).toMatchObject({ text: 'new' });
  expect(found.metadata).toMatchObject({ revision: 4 });
  expect(ids(await salvage(LINES + LINES))).toBe('1,2,3,4,5');
});

test('what stands within a message never is one, also in broken ones', async () => {
  const reply = { 7: { id: 7, text: 'reply' }, metadata: { conversation_id: '9' } };
  const given = conversation('1', messages(5, { raw_data: { ...reply, messages: reply } }));
  for (const content of [
    serializeConversation(given),
    JSON.stringify(asObject(given), null, 2),
    JSON.stringify({ metadata: given.metadata, messages: [...given.messages.values()] }, null, 1),
  ]) {
    for (const put of ['x', '"', '{', '}', '[', ']', '\0', '}}', ',', ':']) {
      const place = content.indexOf('"raw_data"', content.indexOf('"text 3"'));
      for (const offset of [0, 10, 12, 20]) {
        const found = await salvage(
          content.slice(0, place + offset) + put + content.slice(place + offset),
        );
        expect(found.messages.has('7'), put).toBe(false);
        expect(found.metadata?.conversation_id ?? '1').toBe('1');
        expect(ids(found)).toMatch(/^1,2,(3,)?4,5$/);
      }
    }
  }
});

test('a text that holds a conversation file stays a text', async () => {
  const given = conversation('1', [message(1, { text: LINES }), message(2), message(9)]);
  const content = serializeConversation(given);
  expect(ids(await salvage(content))).toBe('1,2,9');
  const second = content.indexOf('\n"2"');
  for (let cut = content.indexOf('"1"') + 1; cut < second; cut += 1) {
    const found = await salvage(content.slice(cut));
    expect(ids(found)).toBe('2,9');
  }
});

test('integers beyond 2^53 and names of prototypes survive', async () => {
  const content = LINES.replace('"text 1"', '"a","__proto__":{"n":12345678901234567890}').replace(
    '"5":{"id":5',
    '"99999999999999999999":{"id":99999999999999999999',
  );
  const { messages, lost } = await salvage(content.slice(0, -3));
  expect(Object.getOwnPropertyDescriptor(messages.get('1'), '__proto__')?.value).toEqual({
    n: 12345678901234567890n,
  });
  expect(messages.get('99999999999999999999')?.id).toBe(99999999999999999999n);
  expect(lost).toHaveLength(1);
});

test('other keys are kept as far as they stand before or behind the damage', async () => {
  const content = serializeConversation({ ...GIVEN, other: { a: 1, b: [2] } });
  expect((await salvage(content.replace('text 3', 'te"xt 3'))).other).toEqual({ a: 1, b: [2] });
  expect((await salvage(`{"a":1,${content.slice(1, 300)}`)).other).toEqual({ a: 1 });
});

test('no content is too hostile', async () => {
  // Node 26 writes anything else, however deep
  const nested = `${'{"a":['.repeat(50_000)}${2n ** 64n}${']}'.repeat(50_000)}`;
  const deep = LINES.replace('"text 3"', `"a","raw_data":{"a":${nested}}`);
  const found = await salvage(deep);
  expect(ids(found)).toBe('1,2,4,5');
  expect(found.metadata).toEqual(GIVEN.metadata);
  const MB = 1_000_000;
  for (const unit of [
    '{"1":{',
    '{"1":{"id":1,',
    '"',
    '\\"',
    '[',
    '{',
    '}',
    '[}',
    '{]',
    '\n"1":{"id":1',
    '{"messages":{',
    '\n',
    '"a":',
    'x"',
    ' ',
    '{"messages":{\n"1":{',
    '[{',
    '"1":{"id":1},',
    '\n"1":{"id":1,x "2":{"id":2}',
    '0',
    '-',
  ]) {
    const content = Buffer.alloc(5 * MB, unit);
    for (const text of [content, Buffer.concat([Buffer.from('{"messages":{'), content])]) {
      const { messages } = await salvage(text);
      expect(messages.size).toBeLessThan(3);
    }
  }
}, 300_000);

test('what is no regular file is refused, and no descriptor is left open', async () => {
  await using directory = await tempDirectory();
  const path = (name: string) => join(directory.path, name);
  await mkdir(path('directory'));
  await writeFile(path('file'), '{');
  await symlink(path('file'), path('link'));
  execFileSync('mkfifo', [path('fifo')]);
  let open = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'open') open += 1;
    if (name === 'handle.close') open -= 1;
    return undefined;
  });
  const failed = { code: 'STORE_INVALID_FILE' };
  await expect(salvageConversation(path('directory'), fileSystem)).rejects.toMatchObject(failed);
  expect((await salvageConversation(path('file'), fileSystem)).lost).toEqual([]);
  expect(open).toBe(0);
  for (const name of ['link', 'fifo']) {
    await expect(salvageConversation(path(name))).rejects.toMatchObject(failed);
  }
  await expect(salvageConversation(path('absent'))).rejects.toThrow('ENOENT');
});

test('an undamaged file gives its messages as they were', async () => {
  const { messages } = await salvage(LINES);
  expect([...messages.values()]).toEqual([...GIVEN.messages.values()] satisfies Message[]);
});
