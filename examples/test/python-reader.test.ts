import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { EnhancedFileManager, FileManager } from '@tgstore/core';
import {
  type Conversation,
  type Message,
  parseJson,
  readDocument,
  sampleConversation,
  stringifyJson,
  validateConversation,
} from '@tgstore/schema';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { openInPlace, stoppingInForce } from '../../packages/core/test/support/in-place.ts';
import { hasPython, runPython } from './support/python.ts';

// The readers in docs/format.md, against ours. Without python3 (3.8 or newer) all of it is skipped.

// exports of other people's test suites; they stand beside the checkout, where they are there at all
const fixtures = join(import.meta.dirname, '../../../shared/fixtures');
const isThere = existsSync(fixtures);
const appender = new URL('../../packages/core/test/support/append-in-place.ts', import.meta.url);

const HOSTILE = [
  ...[
    '../../x',
    '..',
    '.',
    '/etc/passwd',
    'C:\\x',
    '.tgstore',
    '.hidden',
    'CON',
    'con.txt',
    'com1',
  ],
  ...[
    'com10',
    'a:b',
    'x ',
    'x.',
    '_x',
    'x\n',
    '~2e',
    'Ä',
    '1_processed.json',
    'x\0',
    '\ufeff',
    '👋',
  ],
  ...[
    'ann@example.org',
    '-1001234567890',
    '__proto__',
    'constructor',
    '%2e',
    "it's",
    '"',
    '\\',
    '|',
  ],
];

test('read_store.py has forty lines, blank ones not counted', async () => {
  const text = await readFile(new URL('../python-reader/read_store.py', import.meta.url), 'utf8');
  expect(text.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(40);
});

describe.skipIf(!hasPython)('both readers in Python', () => {
  test('lists and reads conversations with hostile ids, of either status', async () => {
    await using dir = await tempDirectory();
    await using store = new EnhancedFileManager({ storageDir: dir.path, durability: 'relaxed' });
    for (const [index, id] of HOSTILE.entries()) {
      await store.saveConversation(conversation(id, [{ id: 1, text: `in ${id}` }]));
      if (index % 2 === 1) await store.markAsProcessed(id);
    }
    await expectSame(dir.path);
    expect(await runPython('read_store.py', dir.path)).toHaveLength(HOSTILE.length);
  });

  test('reads raw names, of several names the right one, and passes over what is no conversation', async () => {
    await using dir = await tempDirectory();
    const texts = [
      'Ann',
      'Ann Lee',
      '~41NN',
      '~61',
      '~ff',
      '_a',
      'con',
      '~2e~2',
      'ü',
      `${'x'.repeat(201)}`,
    ];
    const files: Record<string, string> = {
      ...Object.fromEntries(texts.map((id) => [`${id}_processed.json`, fileOf(`raw ${id}`)])),
      '~41nn_processed.json': fileOf('the encoded name is preferred'),
      '5_processed.json': fileOf('no'),
      '5_unprocessed.json': fileOf('the unprocessed name is preferred'),
      '~43_processed.json': fileOf('no'),
      'C_unprocessed.json': fileOf('so it is where that is raw'),
      '.7_processed.json': '',
      '8_done.json': '',
      'notes.txt': '',
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir.path, name), text);
    await expectSame(dir.path);
    expect((await runPython('read_store.py', dir.path, 'Ann')).join()).toContain('preferred');
  });

  const names = isThere ? readdirSync(fixtures).filter((name) => name.endsWith('.json')) : [];
  test.skipIf(!isThere)('reads every fixture that can be imported', async () => {
    let imported = 0;
    for (const name of names) {
      await using dir = await tempDirectory();
      await using store = new EnhancedFileManager({ storageDir: dir.path, durability: 'relaxed' });
      const result = store.importConversationsFromJson(join(fixtures, name));
      // two are refused whole, as the tests of the command line say
      if (
        !(await result.then(
          () => true,
          () => false,
        ))
      )
        continue;
      imported += 1;
      await expectSame(dir.path);
    }
    expect(imported).toBeGreaterThan(25);
  });

  test.each(Object.entries(layouts()))('reads another layout: %s', async (_name, text) => {
    await using dir = await tempDirectory();
    await writeFile(join(dir.path, '12345_unprocessed.json'), text);
    await expectSame(dir.path);
  });

  test('refuses what is no UTF-8, and half a file', async () => {
    await using dir = await tempDirectory();
    const path = join(dir.path, '1_unprocessed.json');
    const whole = Buffer.from(fileOf('\u00ff'), 'latin1');
    for (const bytes of [whole, Buffer.from(fileOf('x').slice(0, -20))]) {
      await writeFile(path, bytes);
      for (const program of ['read_store.py', 'stream_messages.py'] as const) {
        await expect(runPython(program, dir.path, '1')).rejects.toThrow(/Error/);
      }
    }
  });
});

describe.skipIf(!hasPython)('examples/python-reader/stream_messages.py', () => {
  test('while another process appends in place, every read is a whole old or new state', async () => {
    await using dir = await tempDirectory();
    await saveLarge(dir.path);
    const child = startTypeScript(appender, { args: [dir.path, '1', '301'] });
    const told = { begun: 300, done: 300 };
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      const [word, number] = line.split(' ');
      told[word === 'begin' ? 'begun' : 'done'] = Number(number);
    });
    const reads: { lines: string[]; least: number; most: number }[] = [];
    const ends = new Set<number>();
    while (ends.size < 12) {
      // stopped in the middle of whatever it is doing, then going on
      for (const signal of ['SIGSTOP', 'SIGCONT'] as const) {
        child.kill(signal);
        const least = told.done;
        const lines = await runPython('stream_messages.py', dir.path, '1');
        // a line that tells of a message may come later than the message
        reads.push({ lines, least, most: Number.POSITIVE_INFINITY });
        ends.add(lines.length);
      }
    }
    const closed = once(child, 'close');
    child.kill('SIGKILL');
    await closed;
    // the state that the kill left, too
    reads.push({
      lines: await runPython('stream_messages.py', dir.path, '1'),
      least: told.done,
      most: told.begun,
    });
    const now = await ours(dir.path, '1');
    expect(reads.at(-1)?.lines.map(normal)).toEqual(now);
    for (const { lines, least, most } of reads) {
      expect(lines.map(normal)).toEqual(now.slice(0, lines.length));
      expect(lines.length).toBeGreaterThanOrEqual(least);
      expect(lines.length).toBeLessThanOrEqual(most);
    }
  });

  test('at every call of an append, and in the middle of its writes, it reads what we read', async () => {
    await using dir = await tempDirectory();
    await saveLarge(dir.path);
    const counts = new Set<number>();
    let instants = 0;
    const fileSystem = stoppingInForce(async ({ isMiddle }) => {
      const lines = await runPython('stream_messages.py', dir.path, '1');
      expect(lines.map(normal)).toEqual(await ours(dir.path, '1'));
      counts.add(lines.length);
      if (isMiddle) instants += 1;
      return undefined;
    });
    await using store = openInPlace(dir.path, { fileSystem });
    const date = '2023-11-15T12:30:00Z';
    await store.appendMessages('1', [{ id: 301, date, text: 'é'.repeat(80_000) }]);
    expect([...counts].sort()).toEqual([300, 301]);
    expect(instants).toBeGreaterThan(1);
  });

  test('where an append was interrupted at any of its calls, it reads the old state, or the new one', async () => {
    let torn = 0;
    for (let dieAt = 1; ; dieAt += 1) {
      await using dir = await tempDirectory();
      const path = await saveLarge(dir.path);
      const before = await readFile(path);
      // number 305 is long, and takes several writes
      const child = startTypeScript(appender, { args: [dir.path, '1', '305', '1', `${dieAt}`] });
      child.stdout?.resume();
      const [status] = await once(child, 'close');
      const lines = await runPython('stream_messages.py', dir.path, '1');
      expect(lines.map(normal), `call ${dieAt}`).toEqual(await ours(dir.path, '1'));
      if (status === 0) break;
      const isInForce = existsSync(join(dir.path, '.1.undo'));
      const isChanged = !(await readFile(path)).equals(before);
      if (isInForce && isChanged) torn += 1;
      expect(lines).toHaveLength(isChanged && !isInForce ? 301 : 300);
    }
    expect(torn).toBeGreaterThan(0);
  });

  test('a record that does not fit the file is left alone', async () => {
    await using dir = await tempDirectory();
    const path = await saveLarge(dir.path);
    const ofAnother = undoRecord({ size: 9000, start: 4096, before: sha256('another page') });
    for (const record of [Buffer.alloc(0), Buffer.alloc(92), Buffer.from('tgs-undo'), ofAnother]) {
      await writeFile(join(dir.path, '.1.undo'), record);
      expect((await runPython('stream_messages.py', dir.path, '1')).map(normal)).toEqual(
        await ours(dir.path, '1'),
      );
    }
    expect(existsSync(path)).toBe(true);
  });
});

/** A record whole in itself, as docs/format.md has it. */
function undoRecord({ size, start, before }: { size: number; start: number; before: Buffer }) {
  const numbers = Buffer.alloc(20);
  numbers.writeUInt32LE(1, 0);
  numbers.writeBigUInt64LE(BigInt(size), 4);
  numbers.writeBigUInt64LE(BigInt(start), 12);
  const content = Buffer.concat([
    Buffer.from('tgs-undo'),
    numbers,
    before,
    Buffer.alloc(size - start, 'x'),
  ]);
  return Buffer.concat([content, sha256(content)]);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** Lists a store, and reads it in every way. */
async function expectSame(storageDir: string): Promise<void> {
  const store = new FileManager({ storageDir });
  const listed = (await store.listFiles()).map(({ id, status }) => stringifyJson({ id, status }));
  const lines = (await runPython('read_store.py', storageDir)).map(normal);
  expect(lines.sort()).toEqual(listed.sort());
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines) {
    const { id } = JSON.parse(line);
    // no argument of a process has it in it
    if (id.includes('\0')) continue;
    const { metadata } = await store.loadConversation(id);
    const texts = await runPython('read_store.py', storageDir, id);
    expect(await runPython('stream_messages.py', storageDir, id)).toEqual(texts);
    const read = texts.map((text) => parseJson(text) as Message);
    // dates of version none come as they stand
    const { messages } = readDocument({
      metadata: { ...metadata, schema_version: undefined },
      messages: read,
    });
    expect([...messages.keys()]).toEqual(read.map((message) => String(message.id)));
    expect([...messages.values()].map(stringifyJson), id).toEqual(await ours(storageDir, id));
  }
}

async function ours(storageDir: string, id: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const message of new FileManager({ storageDir }).readMessages(id)) {
    texts.push(stringifyJson(message));
  }
  return texts;
}

/** JSON as we write it. */
function normal(line: string): string {
  return stringifyJson(parseJson(line));
}

function conversation(id: string, messages: readonly Message[]): Conversation {
  return validateConversation({ messages, metadata: { conversation_id: id, schema_version: 1 } });
}

async function saveLarge(storageDir: string): Promise<string> {
  const messages = Array.from({ length: 300 }, (_, index) => ({
    id: index + 1,
    date: '2023-11-15T12:30:00Z',
    text: `message ${index + 1} é 👋 "quoted"\n`.padEnd(1000, 'x'),
  }));
  const store = new FileManager({ storageDir, durability: 'relaxed' });
  return await store.saveConversation(conversation('1', messages));
}

/** A file with one message. */
function fileOf(text: string): string {
  return `{"messages":{\n"1":{"id":1,"text":${JSON.stringify(text)}}\n},\n"metadata":{"conversation_id":"1","schema_version":1}}\n`;
}

function layouts(): Record<string, string> {
  const { messages, metadata } = sampleConversation();
  const sample = { metadata, messages: Object.fromEntries(messages), mine: [1] };
  const { schema_version: _ours, ...original } = metadata;
  const many = Object.fromEntries(
    [7, -3, 0, 10, 9].map((id) => [id, { text: `at ${id}`, date: '2023-11-15 14:30+02:00' }]),
  );
  const lines = (...list: string[]) =>
    `{"messages":{\n${list.join(',\n')}\n},\n"metadata":{"conversation_id":"12345","schema_version":1}}\n`;
  return {
    'pretty-printed': JSON.stringify(sample, null, 2),
    'in one line, behind a byte order mark': `\ufeff${JSON.stringify(sample)}`,
    'that of the original': JSON.stringify({ metadata: original, messages: many }, null, 4),
    'the later one of the original': JSON.stringify({
      chatId: 12_345,
      isGroup: false,
      messages: many,
    }),
    'messages as a list': JSON.stringify({
      id: 12_345,
      messages: [{ id: 2 }, { id: -1 }, { id: 'a' }],
    }),
    'pretty-printed and large': JSON.stringify(
      { metadata: original, messages: { ...many, 5: { text: 'x'.repeat(300_000) } } },
      null,
      1,
    ),
    'lines of which one is broken in two': lines('"7":{"id":7}', '"8":\n{"id":8}', '"9":{"id":9}'),
    'lines with carriage returns': lines('"7":{"id":7}', '"8":{"id":8}').replaceAll('\n', '\r\n'),
    'no message': '{"messages":{\n},\n"metadata":{"conversation_id":"12345","schema_version":1}}\n',
    'integers beyond 2^53, ids and others': lines(
      '"-9007199254740993":{"id":-9007199254740993}',
      '"9007199254740993":{"id":9007199254740993,"x":[123456789012345678901234567890,1.5,1e21,-0.0]}',
      '"\\"\\\\é":{"id":"\\"\\\\é"}',
      '"a":{"id":"a","text":"\\ud800 \\u0000 é"}',
      '"\ue000":{"id":"\ue000"}',
      '"👋":{"id":"👋"}',
    ),
    'the same in no order': `{"messages":{"👋":{"id":"👋"},"\ue000":{"id":"\ue000"},"9007199254740993":{"id":9007199254740993},"9007199254740992":{"id":9007199254740992},"007":{"id":"007"},"-0":{"id":"-0"},"__proto__":{"id":"__proto__","constructor":1}},"metadata":{"conversation_id":"12345"}}`,
    'the same key twice': lines('"7":{"id":7,"text":"no","text":"yes","n":{"a":1,"a":2}}'),
  };
}
