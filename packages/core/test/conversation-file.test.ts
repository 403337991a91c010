import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, rename, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import {
  type Conversation,
  FIRST_LINE,
  type Message,
  messageLine,
  sampleConversation,
  serializeConversation,
} from '@tgstore/schema';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { ConversationFile } from '../src/conversation-file.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';

const MIB = 1024 * 1024;

interface TempFile extends AsyncDisposable {
  readonly path: string;
  /** Opens the file for one piece of work. */
  read<T>(work: (file: ConversationFile) => Promise<T>): Promise<T>;
}

async function tempFile(content: string | Uint8Array | Iterable<string>): Promise<TempFile> {
  const directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  await writeFile(path, content);
  return {
    path,
    async read(work) {
      await using file = await ConversationFile.open(path);
      return await work(file);
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const ids = async (messages: AsyncIterable<Message>) =>
  (await collect(messages)).map(({ id }) => id);

/** Each way to read a file whole or in part, with what it gives. */
const READERS: [string, (file: ConversationFile) => Promise<unknown>][] = [
  ['load', (file) => file.load()],
  ['messages', (file) => collect(file.messages())],
  ['readMetadata', (file) => file.readMetadata()],
];

test('metadata is read from the end of the file only, whatever its size', async () => {
  const large = serializeConversation(conversation('1', messages(60_000), { name: 'Ann' }));
  await using file = await tempFile(large);
  let bytes = 0;
  const fileSystem = watching(({ name, args }) => {
    if (name === 'handle.read') bytes += args[2] as number;
    return undefined;
  });
  await using open = await ConversationFile.open(file.path, { fileSystem });
  expect(open.size).toBeGreaterThan(5 * MIB);
  expect(await open.readMetadata()).toMatchObject({ name: 'Ann' });
  expect(await open.readHead()).toMatchObject({ metadata: { name: 'Ann' } });
  expect(await open.isLineLayout()).toBe(true);
  expect(bytes).toBeLessThan(20_000);
});

test('metadata may be far larger than the first look at the end', async () => {
  const participants = Array.from({ length: 40_000 }, (_, id) => ({
    id,
    first_name: `name ${id}`,
  }));
  await using file = await tempFile(
    serializeConversation(conversation('1', messages(3), { participants })),
  );
  await file.read(async (open) => {
    expect(await open.isLineLayout()).toBe(true);
    expect((await open.readMetadata()).participants).toHaveLength(40_000);
    expect(await ids(open.messages())).toEqual([1, 2, 3]);
  });
});

test('messages stream: to have the first of them little is read', async () => {
  await using file = await tempFile(serializeConversation(conversation('1', messages(60_000))));
  const reads: number[] = [];
  const fileSystem = watching(({ name, args }) => {
    if (name === 'handle.read') reads.push(args[2] as number);
    return undefined;
  });
  await using open = await ConversationFile.open(file.path, { fileSystem });
  expect(await ids(open.messages({ limit: 3 }))).toEqual([1, 2, 3]);
  expect(Math.max(...reads)).toBeLessThanOrEqual(256 * 1024);
  expect(reads.reduce((sum, size) => sum + size, 0)).toBeLessThan(300 * 1024);
  expect(await ids(open.messages())).toHaveLength(60_000);
  expect(Math.max(...reads)).toBeLessThanOrEqual(256 * 1024);
});

test('119 MB of messages stream through a heap of 48 MB', async () => {
  const text = 'x'.repeat(1000);
  function* content(): Generator<string> {
    const { metadata } = conversation('1');
    const [before = '', after] = serializeConversation({ messages: new Map(), metadata }).split(
      '},',
    );
    yield before;
    for (let id = 1; id <= 110_000; id += 1) {
      yield `${id > 1 ? ',\n' : ''}${messageLine(message(id, { text }))}`;
    }
    yield `\n},${after}`;
  }
  await using file = await tempFile(content());
  expect((await stat(file.path)).size).toBeGreaterThan(110 * MIB);
  const child = startTypeScript(new URL('support/stream-messages.ts', import.meta.url), {
    args: [file.path],
    nodeOptions: ['--max-old-space-size=48'],
  });
  let output = '';
  child.stdout?.on('data', (data) => {
    output += data;
  });
  expect((await once(child, 'close'))[0]).toBe(0);
  expect(output).toBe('110000 110000000');
});

test('after and limit choose messages by the order of their ids', async () => {
  await using file = await tempFile(
    serializeConversation(
      conversation('1', messages([-20, -3, 7, 30, 9_007_199_254_740_993n, 'b'])),
    ),
  );
  const read = (range: Parameters<ConversationFile['messages']>[0]) =>
    file.read((open) => ids(open.messages(range)));
  expect(await read({})).toEqual([-20, -3, 7, 30, 9_007_199_254_740_993n, 'b']);
  expect(await read({ after: 7 })).toEqual([30, 9_007_199_254_740_993n, 'b']);
  expect(await read({ after: '7', limit: 1 })).toEqual([30]);
  expect(await read({ after: 8n })).toEqual([30, 9_007_199_254_740_993n, 'b']);
  expect(await read({ after: -100, limit: 2 })).toEqual([-20, -3]);
  expect(await read({ after: 'a' })).toEqual(['b']);
  expect(await read({ after: 'b' })).toEqual([]);
  expect(await read({ limit: 0 })).toEqual([]);
  expect(await read({ limit: 99 })).toHaveLength(6);
});

test('a message may say what ends the messages', async () => {
  const hard = 'a "},\n"metadata":{"conversation_id":"2"}}\n';
  const other = { text: hard, '},\n"metadata":': { metadata: '\n},\n"metadata":' } };
  const given = conversation('1', [message(1, { text: hard }), message(2, { raw_data: other })]);
  await using file = await tempFile(serializeConversation({ ...given, other }));
  await file.read(async (open) => {
    expect(await open.isLineLayout()).toBe(true);
    expect((await open.readMetadata()).conversation_id).toBe('1');
    expect(await collect(open.messages())).toEqual([...given.messages.values()]);
    expect((await open.load()).other).toEqual(other);
  });
});

const SAMPLE = sampleConversation();
const DOCUMENT = JSON.parse(serializeConversation(SAMPLE));
const LAYOUTS: [string, string | Uint8Array][] = [
  ['in one line', JSON.stringify(DOCUMENT)],
  ['pretty-printed', JSON.stringify(DOCUMENT, null, 2)],
  ['pretty-printed with CRLF', JSON.stringify(DOCUMENT, null, '\t').replaceAll('\n', '\r\n')],
  [
    'with the metadata first',
    JSON.stringify({ metadata: DOCUMENT.metadata, messages: DOCUMENT.messages }),
  ],
  [
    'with messages in an array',
    JSON.stringify({ ...DOCUMENT, messages: Object.values(DOCUMENT.messages) }),
  ],
  ['with a byte order mark', `\ufeff${JSON.stringify(DOCUMENT)}`],
  ['in our layout with a byte order mark', `\ufeff${serializeConversation(SAMPLE)}`],
  ['in our layout without the last newline', serializeConversation(SAMPLE).trimEnd()],
  ['in our layout with blank lines at the end', `${serializeConversation(SAMPLE)}\n\n`],
  ['in our layout with spaces', serializeConversation(SAMPLE).replaceAll('":', '" : ')],
];

test.each(LAYOUTS)('a file %s is read as any other', async (_, content) => {
  await using file = await tempFile(content);
  await file.read(async (open) => {
    expect(await open.load()).toEqual(SAMPLE);
    expect(await open.readMetadata()).toEqual(SAMPLE.metadata);
    expect(await collect(open.messages())).toEqual([...SAMPLE.messages.values()]);
    expect(await ids(open.messages({ after: 101, limit: 1 }))).toEqual([102]);
  });
});

test('only at the start of a file are the bytes of a byte order mark one', async () => {
  const before = '{"messages":{},"metadata":{"conversation_id":"1","name":"';
  const name = `${'x'.repeat(256 * 1024 - before.length)}\ufeff`;
  await using file = await tempFile(`${before}${name}"}}`);
  expect((await file.read((open) => open.readMetadata())).name).toBe(name);
});

test('files of the original are read with its spellings, losing nothing', async () => {
  await using file = await tempFile(
    JSON.stringify({
      chatId: 77,
      isGroup: true,
      last_updated: '2023-11-15 13:00:00',
      last_message: { id: 9, text: 'bye', date: '2023-11-15T13:00:00+00:00' },
      messages: {
        9: { text: 'bye', date: '2023-11-15T13:00:00+00:00', mine: 1 },
        '-2': { text: 'hi', date: '2023-11-15 12:00' },
      },
    }),
  );
  await file.read(async (open) => {
    expect(await open.isLineLayout()).toBe(false);
    expect(await open.readMetadata()).toMatchObject({
      conversation_id: '77',
      is_group: true,
      last_update: '2023-11-15T13:00:00Z',
      last_message_id: 9,
      last_message: { text: 'bye' },
    });
    expect(await collect(open.messages())).toEqual([
      { id: -2, text: 'hi', date: '2023-11-15T12:00:00Z' },
      { id: 9, text: 'bye', date: '2023-11-15T13:00:00Z', mine: 1 },
    ]);
  });
});

test('a file in our layout but of the oldest version is brought to today’s spelling', async () => {
  await using file = await tempFile(
    '{"messages":{\n"2":{"date":"2024-01-01 00:00"},\n"1":{}\n},\n"metadata":{"id":5}}\n',
  );
  await file.read(async (open) => {
    expect(await collect(open.messages())).toEqual([
      { id: 1 },
      { id: 2, date: '2024-01-01T00:00:00Z' },
    ]);
    expect(await open.readMetadata()).toEqual({ conversation_id: '5' });
  });
});

test('a foreign layout too large for one piece is read too', async () => {
  const text = 'x'.repeat(1000);
  const count = 33_000;
  function* content(): Generator<string> {
    yield '\ufeff{"metadata": {"conversation_id": "1", "schema_version": 1}, "extra": [1],\n "messages": {';
    for (let id = count; id > 0; id -= 1) {
      yield `${id < count ? ', ' : ''}"${id}": ${JSON.stringify(message(id, { text }))}`;
    }
    yield '}}';
  }
  await using file = await tempFile(content());
  await file.read(async (open) => {
    expect(open.size).toBeGreaterThan(32 * MIB);
    const { messages, metadata, other } = await open.load();
    expect(messages.size).toBe(count);
    expect([...messages.keys()].slice(0, 2)).toEqual(['1', '2']);
    expect(metadata).toEqual({ conversation_id: '1', schema_version: 1 });
    expect(other).toEqual({ extra: [1] });
    expect(await ids(open.messages({ limit: 2 }))).toEqual([1, 2]);
  });
});

const LINES = serializeConversation(conversation('1', messages(3)));
const NOT_UTF8 = Buffer.from(LINES.replace('text 2', 'text \u00e9'), 'latin1');
const BROKEN: [what: string, content: string | Uint8Array, place: RegExp][] = [
  ['is empty', '', /ends early, at byte 0/],
  ['has only zeros', new Uint8Array(4096), /byte 0: expected \{/],
  ['is UTF-16', Buffer.from(`\ufeff${LINES}`, 'utf16le'), /byte 0: expected \{, found byte 0xff/],
  ['is compressed', Buffer.from('1f8b0800000000000003', 'hex'), /byte 0: expected \{/],
  ['is text', 'Dear diary', /byte 0: expected \{, found D/],
  ['is an array', '[]', /holds one JSON object|expected \{/],
  ['ends in the middle', LINES.slice(0, 150), /ends early, at byte 150/],
  [
    'has a message that is no JSON',
    LINES.replace('"text 2"', 'text 2'),
    /messages\.2: Unexpected token/,
  ],
  ['has a brace too few', LINES.replace('},\n"2"', ',\n"2"'), /messages\.1: |ends early/],
  ['has a brace too many', LINES.replace('},\n"2"', '}},\n"2"'), /byte \d+: /],
  ['has a comma too many', LINES.replace('\n},\n', ',\n},\n'), /byte \d+: a comma before nothing/],
  [
    'has a comma too few',
    LINES.replace('},\n"2"', '}\n"2"'),
    /byte \d+: expected , or \}, found "/,
  ],
  ['has bytes that are no UTF-8', NOT_UTF8, /messages\.2: .*not valid for encoding utf-8/],
  ['goes on behind its end', `${LINES}{}`, /byte \d+: unexpected \{ after the end/],
  ['was joined with itself', LINES + LINES, /byte \d+: unexpected [{,] after the end/],
  [
    'has a message of a wrong kind',
    LINES.replace('"id":2', '"id":true'),
    /messages\.2\.id: not a string or an integer/,
  ],
  [
    'has a message under the wrong key',
    LINES.replace('"id":2', '"id":9'),
    /messages\.2\.id: is 9, but its key says 2/,
  ],
  ['has a date that is none', LINES.replace('00:00:02Z', '00:00:99Z'), /messages\.2\.date: /],
  [
    'is of a later version',
    LINES.replace('"schema_version":1', '"schema_version":2'),
    /written in format 2.*update tgstore/,
  ],
];

test.each(BROKEN)(
  'a file that %s is refused with its name and the place',
  async (_, content, place) => {
    await using file = await tempFile(content);
    for (const [, read] of READERS.slice(0, 2)) {
      const error = await file.read(read).then(
        () => new Error('read'),
        (thrown: Error) => thrown,
      );
      expect(error).toMatchObject({ code: 'STORE_INVALID_FILE', path: file.path });
      expect(error.message.startsWith(`${file.path}: `)).toBe(true);
      expect(error.message).toMatch(place);
    }
  },
);

test.each([
  ['no metadata', '{"messages":{}}', /metadata is missing/],
  [
    'metadata of the wrong kind',
    '{"messages":{},"metadata":[]}',
    /metadata is missing or no object/,
  ],
  ['no id', '{"messages":{\n},\n"metadata":{"name":"Ann"}}\n', /metadata\.conversation_id: /],
  ['metadata that are no JSON', '{"messages":{\n},\n"metadata":{x}}\n', /metadata: |byte \d+: /],
])('a file with %s is refused by all who need them', async (_, content, place) => {
  await using file = await tempFile(content);
  for (const [, read] of [READERS[0], READERS[2]] as typeof READERS) {
    await expect(file.read(read)).rejects.toMatchObject({
      code: 'STORE_INVALID_FILE',
      message: expect.stringMatching(place),
    });
  }
});

test('lines out of order, or one id twice, are not handed out as if they were in order', async () => {
  const line = (id: number) => messageLine(message(id));
  const [, tail] = serializeConversation(conversation('1', [message(1)])).split('\n},');
  for (const wrong of [
    [2, 1],
    [1, 1],
    [1, 3, 2],
  ]) {
    await using file = await tempFile(`${FIRST_LINE}${wrong.map(line).join(',\n')}\n},${tail}`);
    await expect(file.read((open) => collect(open.messages()))).rejects.toMatchObject({
      code: 'STORE_INVALID_FILE',
      message: expect.stringMatching(/message \d stands after \d; load and save the conversation/),
    });
    const { messages } = await file.read((open) => open.load());
    expect([...messages.keys()]).toEqual([...new Set(wrong)].sort().map(String));
  }
});

test('a file cut at any byte is refused; without its last newline it is whole', async () => {
  const given = conversation('1', [message(1), message(2, { text: '},\n"é😀"' })], { name: 'Zoë' });
  const whole = Buffer.from(serializeConversation(given));
  await using file = await tempFile(whole);
  for (let size = whole.length - 1; size >= 0; size -= 1) {
    await truncate(file.path, size);
    for (const [name, read] of READERS) {
      const result = await file.read(read).catch((error) => error);
      const where = `${name} of the first ${size} bytes`;
      if (size < whole.length - 1)
        expect(result, where).toMatchObject({ code: 'STORE_INVALID_FILE' });
      else expect(result, where).not.toBeInstanceOf(Error);
    }
  }
});

test('a file that is cut while it streams is refused', async () => {
  await using file = await tempFile(serializeConversation(conversation('1', messages(30_000))));
  await file.read(async (open) => {
    const read = async () => {
      for await (const { id } of open.messages()) if (id === 5) await truncate(file.path, 400_000);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'STORE_INVALID_FILE',
      message: expect.stringMatching(/it was cut to \d+ bytes while it was read/),
    });
  });
});

test('a file that is renamed or replaced is read to its old end', async () => {
  await using file = await tempFile(serializeConversation(conversation('1', messages(10))));
  await file.read(async (open) => {
    await rename(file.path, `${file.path}.old`);
    await writeFile(file.path, 'something else');
    expect(await ids(open.messages())).toHaveLength(10);
    expect((await open.load()).messages.size).toBe(10);
  });
});

test('what is no regular file is refused at once', async () => {
  await using directory = await tempDirectory();
  const at = (name: string) => join(directory.path, name);
  await mkdir(at('directory'));
  await writeFile(at('file'), LINES);
  await symlink(at('file'), at('link'));
  await symlink(at('nowhere'), at('dangling'));
  await symlink(at('loop'), at('loop'));
  execFileSync('mkfifo', [at('fifo')]);
  const server = createServer().listen(at('socket'));
  await once(server, 'listening');
  for (const name of ['directory', 'link', 'dangling', 'loop', 'fifo', 'socket']) {
    await expect(ConversationFile.open(at(name)), name).rejects.toMatchObject({
      code: 'STORE_INVALID_FILE',
      path: at(name),
      message: `${at(name)} is no regular file; move it away`,
    });
  }
  server.close();
  await expect(ConversationFile.open(at('absent'))).rejects.toThrow('ENOENT');
});

test('the identity changes with every change of the file', async () => {
  await using file = await tempFile(LINES);
  const identity = () => file.read(async (open) => open.identity);
  const first = await identity();
  expect(await identity()).toEqual(first);
  const handle = await open(file.path, 'r+');
  await handle.write('{', 0);
  await handle.utimes(1, 1);
  await handle.close();
  expect(await identity()).not.toEqual(first);
});

test('reading many files leaves no descriptor open', async () => {
  let open = 0;
  const fileSystem = watching(({ name }) => {
    if (name === 'open') open += 1;
    if (name === 'handle.close') open -= 1;
    return undefined;
  });
  await using directory = await tempDirectory();
  await using good = await tempFile(LINES);
  await using bad = await tempFile('{');
  for (const path of [good.path, bad.path, directory.path]) {
    for (const [, read] of READERS) {
      const work = async () => {
        await using file = await ConversationFile.open(path, { fileSystem });
        await read(file);
      };
      await work().catch(() => {});
    }
  }
  expect(open).toBe(0);
});

test('bytes are those of the file', async () => {
  const given: Conversation = conversation('1', messages(5_000));
  await using file = await tempFile(serializeConversation(given));
  const chunks = await file.read((open) => collect(open.bytes()));
  expect(Buffer.concat(chunks).toString()).toBe(serializeConversation(given));
});
