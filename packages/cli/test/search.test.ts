import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { displayWidth } from '../src/display-width.ts';
import { snippet } from '../src/snippet.ts';
import { account, chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

/** A store `s` with two chats, in which `tg` runs a command. */
async function tempWork() {
  const directory = await tempDirectory();
  const cwd = directory.path;
  const stdin = toText(
    account(
      chat([
        { id: 1 },
        { id: 2, text: `${'before '.repeat(30)}The Station${' behind'.repeat(30)}` },
        { id: 3, text: 'Bahnhofstraße' },
        { id: 4, text: 'station\nand STATION' },
        { id: 5 },
        { id: 6 },
        { id: 7 },
      ]),
      chat([{ id: 9, text: 'station \u001b[31mred\u202e' }], { id: 200, name: 'Bob \u001b[31m' }),
    ),
  );
  await run(['import', '-', '--store', 's'], { cwd, stdin });
  const tg = async (...args: string[]) => await run(['search', ...args, '--store', 's'], { cwd });
  const onTerminal = async (...args: string[]) =>
    await run(['search', ...args, '--store', 's'], { cwd, columns: 80 });
  return { cwd, tg, onTerminal, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

test('search shows each hit under its conversation, cut to the width around its match', async () => {
  await using work = await tempWork();
  const { stdout, stderr, status } = await work.onTerminal('STATION');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const lines = stdout.split('\n');
  expect(lines).toEqual([
    '100  Ann',
    expect.stringMatching(/^2024-01-12 12:00 {2}2 {2}Ann Lee: ….*before The Station behind.*…$/),
    '2024-01-12 12:00  4  Ann Lee: station⏎and STATION',
    '',
    '200  Bob \\u{1b}[31m',
    '2024-01-12 12:00  9  Ann Lee: station \\u{1b}[31mred\\u{202e}',
    '',
  ]);
  for (const text of lines) expect(displayWidth(text)).toBeLessThanOrEqual(80);
});

test('search takes conversations, dates, senders, a limit and a regular expression', async () => {
  await using work = await tempWork();
  const ids = async (...args: string[]) => {
    const { hits } = JSON.parse((await work.tg(...args, '--json')).stdout);
    return hits.map((hit: { message: { id: number } }) => hit.message.id);
  };
  expect(await ids('station')).toEqual([2, 4, 9]);
  expect(await ids('station', '200')).toEqual([9]);
  expect(await ids('station', '--case-sensitive')).toEqual([4, 9]);
  expect(await ids('station', '--limit', '2')).toEqual([2, 4]);
  expect(await ids('station', '--limit', '0')).toEqual([]);
  expect(await ids('station', '--from', '2024-01-12T12:00:04Z')).toEqual([4, 9]);
  expect(await ids('station', '--to', '2024-01-12')).toEqual([]);
  expect(await ids('station', '--sender', 'ann lee')).toEqual([2, 4, 9]);
  expect(await ids('station', '--sender', 'user100', '--unprocessed')).toEqual([2, 4, 9]);
  expect(await ids('station', '--processed')).toEqual([]);
  expect(await ids('^(station|BAHNHOF)', '--regexp')).toEqual([3, 4, 9]);
  expect(await ids('^(station|BAHNHOF)', '-e', '-s')).toEqual([4, 9]);
});

test('search --context shows each message once, and where some are left out', async () => {
  await using work = await tempWork();
  const { stdout } = await work.tg('straße|text 6', '-e', '-C', '1', '100');
  const rows = stdout.trimEnd().split('\n').slice(1);
  expect(rows.map((row) => (row === '--' ? row : row.slice(18, 19)))).toEqual([
    '2',
    '3',
    '4',
    '--',
    '5',
    '6',
    '7',
  ]);
  const overlapping = await work.tg('text', '-C', '5', '100');
  const all = overlapping.stdout.trimEnd().split('\n').slice(1);
  expect(all.map((row) => row.slice(18, 19))).toEqual(['1', '2', '3', '4', '5', '6', '7']);
});

test('search --count counts for each conversation', async () => {
  await using work = await tempWork();
  expect((await work.tg('station', '--count')).stdout.split('\n')).toEqual([
    'CONVERSATION  HITS  NAME',
    '100              2  Ann',
    '200              1  Bob \\u{1b}[31m',
    '',
  ]);
  const { stdout } = await work.tg('station', '--count', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    found: 3,
    conversations: [{ conversation_id: '100', count: 2 }, { conversation_id: '200' }],
  });
});

test('search --json prints one document with the places of the matches and the context', async () => {
  await using work = await tempWork();
  const { stdout } = await work.tg('station', '--json', '-C', '1');
  expect(JSON.parse(stdout)).toMatchObject({
    hits: [
      { conversation_id: '100', conversation_name: 'Ann', before: [{ id: 1 }], after: [{ id: 3 }] },
      {
        message: { id: 4 },
        matches: [
          [0, 7],
          [12, 19],
        ],
      },
      { conversation_id: '200', before: [], after: [] },
    ],
    unreadable: [],
  });
});

test('nothing found is no failure, and said unless quiet', async () => {
  await using work = await tempWork();
  const nothing = await work.tg('nowhere');
  expect(nothing).toEqual({ status: 0, stdout: '', stderr: 'Nothing found\n' });
  expect((await work.tg('nowhere', '--quiet')).stderr).toBe('');
  expect(JSON.parse((await work.tg('nowhere', '--json')).stdout)).toEqual({
    hits: [],
    unreadable: [],
  });
});

test('a conversation that can not be read is named after the hits of the others', async () => {
  await using work = await tempWork();
  await writeFile(join(work.cwd, 's', '100_unprocessed.json'), '{"messages":{');
  const { stdout, stderr, status } = await work.tg('station');
  expect(status).toBe(3);
  expect(stdout).toMatch(/^200 {2}Bob/);
  expect(stderr).toMatch(/^STORE_INVALID_FILE {2}100: .*100_unprocessed\.json/);
  const asJson = await work.tg('station', '--json');
  expect(asJson.status).toBe(3);
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    hits: [{ conversation_id: '200' }],
    unreadable: [{ conversation_id: '100', code: 'STORE_INVALID_FILE' }],
  });
});

test('wrong arguments exit with 2, an unknown conversation and no store as elsewhere', async () => {
  await using work = await tempWork();
  expect((await work.tg('')).status).toBe(2);
  const pattern = await work.tg('-e', '(\u001b');
  expect(pattern.status).toBe(2);
  expect(pattern.stderr).toMatch(/^USAGE {2}Invalid regular expression: \/\(\\u\{1b\}/);
  expect((await work.tg('x', '--from', 'soon')).stderr).toMatch(
    /'soon' is invalid. It must be a date/,
  );
  expect((await work.tg('x', '-C', '-1')).status).toBe(2);
  expect((await work.tg('x', '7')).stderr).toMatch(/^STORE_NOT_FOUND/);
  expect((await run(['search', 'x', '--store', 'none'], { cwd: work.cwd })).status).toBe(10);
});

test('an interrupt stops a search', async () => {
  await using work = await tempWork();
  const signal = AbortSignal.abort();
  const { status } = await run(['search', 'x', '--store', 's'], { cwd: work.cwd, signal });
  expect(status).toBe(130);
});

test('a snippet shows its first match within so many columns', () => {
  const shown = (text: string, query: RegExp, columns: number) => {
    const matches = [...text.matchAll(query)].map((match): [number, number] => [
      match.index,
      match.index + match[0].length,
    ]);
    const parts = snippet(text, matches, columns);
    return parts.map(({ text: part, isMatch }) => (isMatch ? `<${part}>` : part)).join('');
  };
  expect(shown('one two three', /two/g, 80)).toBe('one <two> three');
  expect(shown('one two three two', /two/g, 80)).toBe('one <two> three <two>');
  expect(shown('aaaaaaaaaa X bbbbbbbbbb', /X/g, 12)).toBe('…aa <X> bbbbb…');
  expect(shown('xxxxxxxxxxxxxxxx', /x+/g, 8)).toBe('<xxxxxx>…');
  expect(shown('abc', /$/g, 8)).toBe('abc');
  expect(shown('', /^/g, 8)).toBe('');
  expect(shown('小林さん小林さん小林さん', /さん/g, 10)).toBe('…林<さん>小…');
  expect(shown('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧X', /X/g, 6)).toBe('…👩‍👩‍👧<X>');
  const start = performance.now();
  const long = shown('\u0301'.repeat(2_000_000), /\u0301$/g, 40);
  expect(long.length).toBeLessThan(500);
  expect(performance.now() - start).toBeLessThan(2_000);
});
