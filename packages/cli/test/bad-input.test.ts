import { execFileSync } from 'node:child_process';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';
import { snapshot } from './support/store-snapshot.ts';

const valid = toText(chat([{ id: 1 }]));

const badFiles: [what: string, content: string | Uint8Array, code: string][] = [
  ['an empty file', '', 'FORMAT_EMPTY'],
  ['white space', ' \n\n ', 'FORMAT_EMPTY'],
  ['a cut file', valid.slice(0, 120), 'FORMAT_TRUNCATED'],
  ['plain text', 'hello there', 'FORMAT_NOT_JSON'],
  ['HTML', '<!DOCTYPE html><html><body>Chat</body></html>', 'FORMAT_NOT_JSON'],
  ['UTF-16', Buffer.from(`\ufeff${valid}`, 'utf16le'), 'FORMAT_NOT_JSON'],
  ['UTF-16 without a mark', Buffer.from(valid, 'utf16le'), 'FORMAT_NOT_JSON'],
  ['a gzip file', gzipSync(valid), 'FORMAT_NOT_JSON'],
  ['binary data', Buffer.from([0, 1, 2, 255, 254, 0, 9]), 'FORMAT_NOT_JSON'],
  ['a JSON number', '42', 'FORMAT_NOT_JSON'],
  ['an unknown object', '{"hello": "world"}', 'FORMAT_UNKNOWN'],
  ['a conversation without an id', toText(chat([{ id: 1 }], { id: undefined })), 'FORMAT_NO_ID'],
  ['an id that leads elsewhere', toText(chat([{ id: 1 }], { id: '../../evil' })), 'FORMAT_BAD_ID'],
  ['an id that is no number', toText(chat([{ id: 1 }], { id: {} })), 'FORMAT_BAD_ID'],
  ['a bundle with an empty id', bundle(''), 'STORE_INVALID_CONVERSATION'],
  ['a bundle with an id of 300 characters', bundle('x'.repeat(300)), 'STORE_INVALID_ID'],
  ['a bundle with half a character as id', bundle('\ud800'), 'STORE_INVALID_ID'],
];

for (const [what, content, code] of badFiles) {
  test(`${what} is refused with ${code} in one line, and the store stays as it was`, async () => {
    await using dir = await tempDirectory();
    const cwd = dir.path;
    await run(['import', '-', '--store', 's'], { cwd, stdin: valid });
    const before = await snapshot(join(cwd, 's'));
    await writeFile(join(cwd, 'bad.json'), content);
    const { status, stdout, stderr } = await run(['import', 'bad.json', '--store', 's'], { cwd });
    expect(stderr).toMatch(new RegExp(`^${code} .+\\n$`));
    expect(stdout).toBe('');
    expect(status).toBe(1);
    expect(await snapshot(join(cwd, 's'))).toEqual(before);
    // and a store that does not exist yet is not made
    await run(['import', 'bad.json', '--store', 'fresh'], { cwd });
    expect(await readdir(cwd)).not.toContain('fresh');
  });
}

test('ids that could lead out of the store, or are names of devices, stay inside it under safe names', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const ids = ['../../evil', 'a/b', 'CON', 'con', 'nul.txt', '.hidden', 'Ann', 'ann', '~'];
  const conversations = Object.fromEntries(ids.map((id) => [id, conversation(id)]));
  const stdin = JSON.stringify({ metadata: {}, conversations });
  const { status } = await run(['import', '-', '--store', 's'], { cwd, stdin });
  expect(status).toBe(0);
  expect(await readdir(cwd)).toEqual(['s']);
  const names = (await readdir(join(cwd, 's'))).filter((name) => name !== '.tgstore');
  expect(names.length).toBe(ids.length);
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(ids.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9@~-][a-z0-9@._~-]*_unprocessed\.json$/);
  const listed = await run(['list', '--ids', '--json', '--store', 's'], { cwd });
  expect((JSON.parse(listed.stdout) as string[]).sort()).toEqual([...ids].sort());
});

test('a missing file, a folder without result.json and one with an HTML export say what to do', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await mkdir(join(cwd, 'empty'));
  await mkdir(join(cwd, 'html'));
  await writeFile(join(cwd, 'html', 'messages.html'), '<html></html>');
  for (const [path, code] of [
    ['missing.json', 'FORMAT_NOT_FOUND'],
    ['empty', 'FORMAT_NO_RESULT_JSON'],
    ['html', 'FORMAT_HTML_EXPORT'],
  ] as const) {
    const { status, stderr } = await run(['import', path, '--store', 's'], { cwd });
    expect(stderr).toMatch(new RegExp(`^${code} .+\\n$`));
    expect(status).toBe(1);
  }
  expect((await readdir(cwd)).sort()).toEqual(['empty', 'html']);
});

test('an error with --json is one JSON object on standard error', async () => {
  await using dir = await tempDirectory();
  const { stderr } = await run(['import', 'missing.json', '--json'], { cwd: dir.path });
  expect(JSON.parse(stderr)).toMatchObject({ event: 'error', code: 'FORMAT_NOT_FOUND', next: [] });
});

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;

test.skipIf(!mayMount)(
  'a full disk is one clear line, and the store stays as it was (needs root on Linux)',
  async ({ onTestFinished }) => {
    const cwd = await mountTmpfs('size=256k', onTestFinished);
    await run(['import', '-', '--store', 's'], { cwd, stdin: valid });
    const before = await snapshot(join(cwd, 's'));
    const large = Array.from({ length: 3_000 }, (_, index) => ({ id: index + 1 }));
    const { status, stderr } = await run(['import', '-', '--store', 's'], {
      cwd,
      stdin: toText(chat(large)),
    });
    expect(stderr).toMatch(/^ENOSPC .*no space left.*\n$/);
    expect(status).toBe(1);
    expect(await snapshot(join(cwd, 's'))).toEqual(before);
  },
);

test.skipIf(!mayMount)(
  'a read-only disk is one clear line; reading works on it (needs root on Linux)',
  async ({ onTestFinished }) => {
    const cwd = await mountTmpfs('size=1m', onTestFinished);
    await run(['import', '-', '--store', 's'], { cwd, stdin: valid });
    execFileSync('mount', ['-o', 'remount,ro', cwd]);
    const stdin = toText(chat([{ id: 1 }, { id: 2 }]));
    const refused = await run(['import', '-', '--store', 's'], { cwd, stdin });
    expect(refused.stderr).toMatch(/^EROFS .*read-only.*\n$/);
    expect(refused.status).toBe(1);
    const fresh = await run(['import', '-', '--store', 'fresh'], { cwd, stdin });
    expect(fresh.stderr).toMatch(/^EROFS .*\n$/);
    const shown = await run(['show', '100', '--store', 's'], { cwd });
    expect(shown.status).toBe(0);
    expect(shown.stdout).toContain('text 1');
    expect((await run(['check', '--store', 's'], { cwd })).status).toBe(0);
  },
);

function conversation(id: string): object {
  return { messages: { 1: { id: 1, text: 'hi' } }, metadata: { conversation_id: id } };
}

function bundle(id: string): string {
  return JSON.stringify({ metadata: {}, conversations: { [id]: conversation(id) } });
}

async function mountTmpfs(
  options: string,
  onTestFinished: (callback: () => Promise<void>) => void,
): Promise<string> {
  const dir = await tempDirectory();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', dir.path]);
  onTestFinished(async () => {
    // lazily: for a moment after a command its process still shows itself in the lock directory
    execFileSync('umount', ['--lazy', dir.path]);
    await dir[Symbol.asyncDispose]();
  });
  return dir.path;
}
