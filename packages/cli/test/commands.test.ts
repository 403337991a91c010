import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { account, chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';
import { snapshot } from './support/store-snapshot.ts';

/** A store `s` with two personal chats (100: three messages, 200: one) and a supergroup of number 300. */
async function smallStore() {
  const dir = await tempDirectory();
  const stdin = toText(
    account(
      chat([{ id: 1 }, { id: 2, text: 'two\nlines' }, { id: 3 }]),
      chat([{ id: 9 }], { id: 200, name: 'Bob \u001b[31mred\u202e' }),
      chat([{ id: 1 }], { id: 300, type: 'private_supergroup', name: 'Group' }),
    ),
  );
  await run(['import', '-', '--store', 's'], { cwd: dir.path, stdin });
  return dir;
}

test('list shows id, type, status, count, last day and name, with control characters made visible', async () => {
  await using dir = await smallStore();
  await run(['mark', '--processed', '100', '--store', 's'], { cwd: dir.path });
  const { stdout, status } = await run(['list', '--store', 's'], { cwd: dir.path, columns: 80 });
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'CONVERSATION    TYPE        STATUS       MESSAGES  LAST        NAME',
    '-1000000000300  supergroup  unprocessed         1  2024-01-12  Group',
    '100             private     processed           3  2024-01-12  Ann',
    '200             private     unprocessed         1  2024-01-12  Bob \\u{1b}[31mre…',
    '',
  ]);
});

test('list chooses by status; --ids prints nothing else, --json one document', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  await run(['mark', '--processed', '100', '--store', 's'], { cwd });
  const processed = await run(['list', '--processed', '--ids', '--store', 's'], { cwd });
  expect(processed.stdout).toBe('100\n');
  const rest = await run(['list', '--unprocessed', '--json', '--store', 's'], { cwd });
  expect(JSON.parse(rest.stdout)).toMatchObject([
    { conversation_id: '-1000000000300', status: 'unprocessed', message_count: 1 },
    { conversation_id: '200' },
  ]);
});

test('list says which file it can not read, shows the others, and exits with 3', async () => {
  await using dir = await smallStore();
  await writeFile(join(dir.path, 's', '200_unprocessed.json'), '{"messages":{');
  const { stdout, stderr, status } = await run(['list', '--store', 's'], { cwd: dir.path });
  expect(status).toBe(3);
  expect(stdout).toMatch(/^200 .*\(unreadable\)$/m);
  expect(stdout).toMatch(/^100 .*Ann$/m);
  expect(stderr).toMatch(/^STORE_INVALID_FILE .*200_unprocessed\.json/);
});

test('a directory that is no store exits with 10 and says how to name another', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'empty'));
  for (const command of [
    'list',
    'stats',
    'check',
    'export -o -',
    'process --exec true',
    'mark --all --processed',
    'show 1',
  ]) {
    for (const store of ['empty', 'missing']) {
      const args = [...command.split(' '), '--store', store];
      const { status, stderr } = await run(args, { cwd: dir.path });
      expect(stderr).toMatch(/^STORE_NOT_A_STORE .*--store or TGSTORE_DIR\n$/);
      expect(status).toBe(10);
    }
  }
});

test('show prints what is known and the last messages, or those behind one', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const { stdout } = await run(['show', '100', '--last', '2', '--store', 's'], { cwd });
  expect(stdout).toMatch(/^name {10}Ann$/m);
  expect(stdout).toMatch(/^messages {6}3$/m);
  expect(stdout).toMatch(/^2024-01-12 12:00 {2}2 {2}Ann Lee: two⏎lines$/m);
  expect(stdout).not.toContain('text 1');
  const after = await run(
    ['show', '100', '--after', '1', '--limit', '1', '--json', '--store', 's'],
    { cwd },
  );
  expect(JSON.parse(after.stdout)).toMatchObject({ messages: [{ id: 2 }] });
  const ids = async (...options: string[]) => {
    const { stdout } = await run(['show', '100', ...options, '--json', '--store', 's'], { cwd });
    return JSON.parse(stdout).messages.map(({ id }: { id: number }) => id);
  };
  expect(await ids('--before', '3')).toEqual([1, 2]);
  expect(await ids('--before', '3', '--last', '1')).toEqual([2]);
  expect(await ids('--before', '3', '--limit', '1')).toEqual([1]);
  expect(await ids('--after', '1', '--last', '1')).toEqual([3]);
  expect(await ids('--from', '2024-01-12')).toEqual([1, 2, 3]);
  expect(await ids('--from', '2024-01-12T12:01')).toEqual([]);
  expect(await ids('--from', '2024-01-12T13:00+01:00', '--limit', '1')).toEqual([1]);
  const missing = await run(['show', '7', '--store', 's'], { cwd });
  expect(missing.stderr).toMatch(/^STORE_NOT_FOUND .*no conversation 7/);
  expect(missing.status).toBe(1);
});

test('an id that begins with - is an argument, not an option', async () => {
  await using dir = await smallStore();
  const { stdout, status } = await run(['show', '-1000000000300', '--store', 's'], {
    cwd: dir.path,
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^name {10}Group$/m);
});

test('stats counts conversations, messages and bytes', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  await run(['mark', '--processed', '100', '--store', 's'], { cwd });
  const { stdout } = await run(['stats', '--json', '--store', 's'], { cwd });
  const size = await Promise.all(
    ['100_processed', '200_unprocessed', '-1000000000300_unprocessed'].map(
      async (name) => (await stat(join(cwd, 's', `${name}.json`))).size,
    ),
  );
  expect(JSON.parse(stdout)).toEqual({
    store: join(cwd, 's'),
    conversations: 3,
    processed: 1,
    unprocessed: 2,
    failed: 0,
    unreadable: 0,
    types: { private: 2, supergroup: 1 },
    messages: 5,
    bytes: size.reduce((sum, bytes) => sum + bytes, 0),
    last_message_date: '2024-01-12T12:00:09Z',
  });
});

test('mark renames, leaves alone what is so already, names what is missing, and --dry-run does nothing', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const before = await snapshot(join(cwd, 's'));
  const dry = await run(['mark', '--all', '--processed', '-n', '--store', 's'], { cwd });
  expect(dry.stdout).toBe('OK  3 conversations would be marked processed\n');
  expect(await snapshot(join(cwd, 's'))).toEqual(before);
  await run(['mark', '--processed', '100', '--store', 's'], { cwd });
  const mixed = await run(['mark', '--processed', '100', '200', '7', '--store', 's'], { cwd });
  expect(mixed.status).toBe(3);
  expect(mixed.stdout).toBe('PARTLY  1 conversation marked processed · 1 already so · 1 failed\n');
  expect(mixed.stderr).toMatch(/^STORE_NOT_FOUND .*no conversation 7/);
  expect((await readdir(join(cwd, 's'))).sort()).toEqual([
    '-1000000000300_unprocessed.json',
    '.tgstore',
    '100_processed.json',
    '200_processed.json',
  ]);
});

test('mark wants exactly one status, and conversations or --all', async () => {
  await using dir = await smallStore();
  for (const args of [
    ['100'],
    ['100', '--processed', '--unprocessed'],
    ['--processed'],
    ['100', '--all', '--processed'],
  ]) {
    const { status } = await run(['mark', ...args, '--store', 's'], { cwd: dir.path });
    expect(status).toBe(2);
  }
});

test('process pipes each conversation to the command and marks those whose command exits with 0', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const command =
    'cat > out_$TGSTORE_CONVERSATION_ID.json; [ $TGSTORE_CONVERSATION_ID != 200 ] || { echo no luck >&2; exit 7; }';
  const content = await readFile(join(cwd, 's', '100_unprocessed.json'), 'utf8');
  const { status, stdout, stderr } = await run(['process', '--exec', command, '--store', 's'], {
    cwd,
  });
  expect(status).toBe(3);
  expect(stdout).toMatch(/^PARTLY {2}2 conversations processed · 1 failed, still unprocessed · /);
  expect(stderr).toContain('COMMAND_FAILED  200: the command exited with 7: no luck');
  expect(await readFile(join(cwd, 'out_100.json'), 'utf8')).toBe(content);
  const files = await readdir(join(cwd, 's'));
  expect(files).toContain('100_processed.json');
  expect(files).toContain('200_unprocessed.json');
});

test('process copes with a command that reads nothing, and leaves what changed meanwhile unprocessed', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const change =
    'if [ $TGSTORE_CONVERSATION_ID = 100 ]; then echo >> "$TGSTORE_CONVERSATION_FILE"; fi';
  const { status, stdout } = await run(['process', '--exec', change, '--store', 's'], { cwd });
  expect(status).toBe(3);
  expect(stdout).toMatch(/^PARTLY {2}2 conversations processed · 1 changed meanwhile, still/m);
  const files = await readdir(join(cwd, 's'));
  expect(files).toContain('100_unprocessed.json');
  expect(files).toContain('200_processed.json');
});

test('process --dry-run names the unprocessed and runs nothing', async () => {
  await using dir = await smallStore();
  const { stdout } = await run(['process', '--exec', 'touch ran', '-n', '--store', 's'], {
    cwd: dir.path,
  });
  expect(stdout).toBe('-1000000000300\n100\n200\n');
  expect(existsSync(join(dir.path, 'ran'))).toBe(false);
});

test('process stops taking new conversations when it is interrupted, and exits with 130', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const interrupt = new AbortController();
  const running = run(
    [
      'process',
      '--concurrency',
      '1',
      '--exec',
      'touch began; while [ ! -e go ]; do :; done',
      '--store',
      's',
    ],
    {
      cwd,
      signal: interrupt.signal,
    },
  );
  while (!existsSync(join(cwd, 'began'))) await new Promise(setImmediate);
  interrupt.abort();
  await writeFile(join(cwd, 'go'), '');
  const { status, stdout } = await running;
  expect(status).toBe(130);
  expect(stdout).toMatch(/^PARTLY {2}1 conversation processed · 2 not begun/);
});

test('check finds nothing in a sound store, and exits with 12 for a broken one, with file, place and remedy', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const sound = await run(['check', '--store', 's'], { cwd });
  expect(sound.stdout).toMatch(/^OK {2}3 conversations · 5 messages read · no problems · /);
  expect(sound.status).toBe(0);
  const path = join(cwd, 's', '100_unprocessed.json');
  await writeFile(
    path,
    (await readFile(path, 'utf8')).replace('"text":"two', '"text":2,"was":"two'),
  );
  const broken = await run(['check', '--store', 's'], { cwd });
  expect(broken.status).toBe(12);
  expect(broken.stdout).toMatch(
    /^CHECK_UNREADABLE {2}100_unprocessed\.json\n {2}.*messages\.2.*\n {2}→ .+\n/,
  );
  expect(broken.stdout).toMatch(/^PROBLEMS {2}3 conversations · .* · 1 problem · /m);
});

test('export writes a bundle that nobody else may read, refuses to replace a file, and writes to standard output', async () => {
  await using dir = await smallStore();
  const cwd = dir.path;
  const { stdout } = await run(['export', '-o', 'b.json', '--store', 's'], { cwd });
  expect(stdout).toMatch(/^OK {2}3 conversations · 5 messages · .* kB · /);
  expect((await stat(join(cwd, 'b.json'))).mode & 0o777).toBe(0o600);
  const again = await run(['export', '-o', 'b.json', '--store', 's'], { cwd });
  expect(again.stderr).toMatch(/^EEXIST .*b\.json.*\n$/);
  expect(again.status).toBe(1);
  expect((await run(['export', '-f', '-o', 'b.json', '--store', 's'], { cwd })).status).toBe(0);
  const piped = await run(['export', '-o', '-', '100', '--store', 's'], { cwd });
  const bundle = JSON.parse(piped.stdout) as { conversations: Record<string, { status: string }> };
  expect(Object.keys(bundle.conversations)).toEqual(['100']);
  expect(piped.stderr).toMatch(/^OK {2}1 conversation · 3 messages/);
});

test('config says where each setting comes from, in the order of precedence', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await writeFile(
    join(cwd, 'tgstore.yaml'),
    'preprocessors: { telegram: { chat_history_dir: here } }\ningestors: { telegram: { lock_timeout: 3 } }\n',
  );
  const { stdout } = await run(['config'], { cwd });
  expect(stdout).toMatch(/^storageDir .*here {2}from preprocessors\.telegram\.chat_history_dir$/m);
  expect(stdout).toMatch(/^lockTimeoutMs +3000 {2}from ingestors\.telegram\.lock_timeout$/m);
  expect(stdout).toMatch(/^maxBackups +5 {2}from default$/m);
  const env = { TGSTORE_DIR: 'there' };
  expect((await run(['config'], { cwd, env })).stdout).toMatch(
    /^storageDir .*there {2}from TGSTORE_DIR$/m,
  );
  const named = await run(['config', '--store', 'explicit'], { cwd, env });
  expect(named.stdout).toMatch(/^storageDir .*explicit {2}from --store$/m);
  await writeFile(join(cwd, 'bad.yaml'), 'ingestors:\n  telegram:\n    max_backups: many\n');
  const bad = await run(['list', '--config', 'bad.yaml'], { cwd });
  expect(bad.stderr).toMatch(/^STORE_CONFIG_INVALID .*bad\.yaml.*max_backups.*\n$/);
});
