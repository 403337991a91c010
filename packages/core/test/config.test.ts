import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import { CONFIG_FILES, type LoadedConfig, loadConfig, StoreError } from '../src/index.ts';

const FULL = `
# a configuration of the original
preprocessors:
  telegram:
    chat_history_dir: from/preprocessors
ingestors:
  telegram:
    json_storage_path: from/ingestors
    backup_frequency: 12.5
    max_backups: 7
    lock_timeout: 2.5
    allow_network_file_system: true
    fetch_mode: all
    other: { nested: [1, 2] }
`;

interface Directory extends AsyncDisposable {
  readonly path: string;
  load(options?: Parameters<typeof loadConfig>[0]): Promise<LoadedConfig>;
  loadText(text: string): Promise<LoadedConfig>;
}

async function tempWorkingDirectory(files: Record<string, string> = {}): Promise<Directory> {
  const directory = await tempDirectory();
  const { path } = directory;
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  const load: Directory['load'] = (options) =>
    loadConfig({ workingDirectory: path, env: {}, ...options });
  return {
    path,
    load,
    async loadText(text) {
      await writeFile(join(path, 'tgstore.yaml'), text);
      return await load();
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test('without any configuration everything has its default', async () => {
  await using directory = await tempWorkingDirectory();
  expect(await directory.load()).toEqual({
    file: undefined,
    config: {
      storageDir: join(directory.path, 'db', 'telegram', 'chats'),
      backupFrequencyHours: 24,
      maxBackups: 5,
      lockTimeoutMs: 10_000,
      allowNetworkFileSystem: false,
      fetchMode: 'initial',
    },
    origins: {
      storageDir: 'default',
      backupFrequencyHours: 'default',
      maxBackups: 'default',
      lockTimeoutMs: 'default',
      allowNetworkFileSystem: 'default',
      fetchMode: 'default',
    },
  });
});

test('every key of the file is read, and told where it comes from', async () => {
  await using directory = await tempWorkingDirectory({ 'tgstore.yaml': FULL });
  expect(await directory.load()).toEqual({
    file: join(directory.path, 'tgstore.yaml'),
    config: {
      storageDir: join(directory.path, 'from', 'preprocessors'),
      backupFrequencyHours: 12.5,
      maxBackups: 7,
      lockTimeoutMs: 2500,
      allowNetworkFileSystem: true,
      fetchMode: 'all',
    },
    origins: {
      storageDir: 'preprocessors.telegram.chat_history_dir',
      backupFrequencyHours: 'ingestors.telegram.backup_frequency',
      maxBackups: 'ingestors.telegram.max_backups',
      lockTimeoutMs: 'ingestors.telegram.lock_timeout',
      allowNetworkFileSystem: 'ingestors.telegram.allow_network_file_system',
      fetchMode: 'ingestors.telegram.fetch_mode',
    },
  });
});

test('the store is named by option, environment, preprocessors, ingestors, default, in this order', async () => {
  await using directory = await tempWorkingDirectory({ 'tgstore.yaml': FULL });
  const storage = async (options: Parameters<typeof loadConfig>[0]) => {
    const { config, origins } = await directory.load(options);
    return [config.storageDir, origins.storageDir];
  };
  const env = { TGSTORE_DIR: 'from/env' };
  const at = (...names: string[]) => join(directory.path, ...names);
  expect(await storage({ storageDir: 'explicit', env })).toEqual([at('explicit'), '--store']);
  expect(await storage({ storageDir: '/absolute', env })).toEqual(['/absolute', '--store']);
  expect(await storage({ env })).toEqual([at('from', 'env'), 'TGSTORE_DIR']);
  expect(await storage({ env: { TGSTORE_DIR: '' } })).toEqual([
    at('from', 'preprocessors'),
    'preprocessors.telegram.chat_history_dir',
  ]);
  await writeFile(
    at('tgstore.yaml'),
    FULL.replace('chat_history_dir: from/preprocessors', 'other: 1'),
  );
  expect(await storage({})).toEqual([
    at('from', 'ingestors'),
    'ingestors.telegram.json_storage_path',
  ]);
  await writeFile(at('tgstore.yaml'), 'ingestors:\n');
  expect(await storage({})).toEqual([at('db', 'telegram', 'chats'), 'default']);
});

test('of several files in the working directory the first in the list is read', async () => {
  const text = (name: string) =>
    JSON.stringify({ ingestors: { telegram: { json_storage_path: name } } });
  const files = Object.fromEntries([...CONFIG_FILES].map((name) => [name, text(name)]));
  await using directory = await tempWorkingDirectory(files);
  expect(CONFIG_FILES).toEqual(['tgstore.yaml', 'tgstore.yml', 'tgstore.json', 'config.yaml']);
  for (const name of CONFIG_FILES) {
    const { config, file } = await directory.load();
    expect(config.storageDir).toBe(join(directory.path, name));
    expect(file).toBe(join(directory.path, name));
    await rm(join(directory.path, name));
  }
  expect((await directory.load()).file).toBeUndefined();
});

test('a named file goes before those of the working directory, and is JSON as well as YAML', async () => {
  await using directory = await tempWorkingDirectory({
    'tgstore.yaml': FULL,
    'my.json': JSON.stringify({ ingestors: { telegram: { max_backups: 1 } } }, null, 2),
    'my.yaml':
      '%YAML 1.2\n---\ningestors: &all {telegram: {max_backups: 2}}\npreprocessors: *all\n',
  });
  expect((await directory.load({ file: 'my.json' })).config).toMatchObject({
    maxBackups: 1,
    fetchMode: 'initial',
  });
  expect((await directory.load({ file: join(directory.path, 'my.yaml') })).config.maxBackups).toBe(
    2,
  );
});

test.each([
  '',
  '# nothing\n',
  '[]',
  'null',
  'text',
  '{}',
  'ingestors: [1]',
  'ingestors: {telegram: null}',
])('a file that says nothing of us (%j) leaves the defaults', async (text) => {
  await using directory = await tempWorkingDirectory();
  const { config, file } = await directory.loadText(text);
  expect(config).toMatchObject({ maxBackups: 5 });
  expect(file).toBe(join(directory.path, 'tgstore.yaml'));
});

test.each([
  ['backup_frequency', '0', 'a number of hours above 0, not 0'],
  ['backup_frequency', '-1', 'a number of hours above 0, not -1'],
  ['backup_frequency', 'daily', 'a number of hours above 0, not "daily"'],
  ['backup_frequency', '.inf', 'a number of hours above 0, not Infinity'],
  ['backup_frequency', '.nan', 'a number of hours above 0, not NaN'],
  ['max_backups', '2.5', 'a whole number above 0, not 2.5'],
  ['max_backups', '0', 'a whole number above 0, not 0'],
  ['max_backups', 'true', 'a whole number above 0, not true'],
  ['lock_timeout', '1e308', 'a number of seconds above 0, not 1e+308'],
  ['lock_timeout', '10s', 'a number of seconds above 0, not "10s"'],
  ['allow_network_file_system', '1', 'true or false, not 1'],
  ['fetch_mode', 'some', '"initial" or "all", not "some"'],
  ['fetch_mode', '[all]', '"initial" or "all", not a list or mapping'],
  ['json_storage_path', '5', 'a text, not 5'],
  ['json_storage_path', '""', 'a text, not ""'],
])('%s: %s is refused with file, line and key', async (key, value, expected) => {
  await using directory = await tempWorkingDirectory();
  const error = await directory
    .loadText(`# comment\ningestors:\n  telegram:\n    ${key}: ${value}\n`)
    .catch((e) => e);
  expect(error).toBeInstanceOf(StoreError);
  const path = join(directory.path, 'tgstore.yaml');
  expect(error).toMatchObject({
    code: 'STORE_CONFIG_INVALID',
    path,
    message: `${path}: line 4: ingestors.telegram.${key} must be ${expected}`,
  });
});

test('a bad value behind an alias is refused with file and key', async () => {
  await using directory = await tempWorkingDirectory();
  const text = 'mine: &mine {telegram: {max_backups: many}}\ningestors: *mine\n';
  await expect(directory.loadText(text)).rejects.toMatchObject({
    code: 'STORE_CONFIG_INVALID',
    message: expect.stringMatching(
      /tgstore\.yaml: ingestors\.telegram\.max_backups must be .* not "many"/,
    ),
  });
});

test.each([
  ['a broken mapping', 'a: 1\nb: [1\nc: 2\n', /line \d+, column \d+: /],
  ['a key twice', 'a: 1\na: 2\n', /line 2, column 1: Map keys must be unique/],
  ['broken JSON', '{"a": 1,\n "b" 2}', /line 2, column \d+: /],
  ['an alias without its anchor', 'a:\n  b: *nope\n', /yaml: line 2: an alias without its anchor$/],
  ['a tag that is unknown', 'a: !secret x\nb: [\n', /line \d+, column \d+: /],
  ['two documents', 'a: 1\n---\na: 2\n', /line \d+, column \d+: .*multiple documents/],
  [
    'aliases that multiply',
    `a: &a [1,1,1,1,1,1,1,1,1,1]\n${['b a', 'c b', 'd c'].map((p) => `${p[0]}: &${p[0]} [${`*${p[2]},`.repeat(10)}]\n`).join('')}`,
    /alias/i,
  ],
])('a file with %s is refused with the place', async (_, text, message) => {
  await using directory = await tempWorkingDirectory();
  await expect(directory.loadText(text)).rejects.toMatchObject({
    code: 'STORE_CONFIG_INVALID',
    path: join(directory.path, 'tgstore.yaml'),
    message: expect.stringMatching(message),
  });
});

test('a named file that is missing or cannot be read is refused', async () => {
  await using directory = await tempWorkingDirectory({ 'tgstore.yaml': FULL });
  await mkdir(join(directory.path, 'folder'));
  await expect(directory.load({ file: 'missing.yaml' })).rejects.toMatchObject({
    code: 'STORE_CONFIG_INVALID',
    path: join(directory.path, 'missing.yaml'),
    message: `${join(directory.path, 'missing.yaml')}: there is no such file; check --config`,
  });
  await expect(directory.load({ file: 'folder' })).rejects.toMatchObject({
    code: 'STORE_CONFIG_INVALID',
    path: join(directory.path, 'folder'),
  });
});

test('keys of prototypes are no settings', async () => {
  await using directory = await tempWorkingDirectory();
  const { config } = await directory.loadText(
    '__proto__: {telegram: {max_backups: 1}}\ningestors: {}\n',
  );
  expect(config.maxBackups).toBe(5);
});

test.each([
  ['a password that looks like an alias', 'a: *a-password-of-mine\n'],
  ['a password that looks like a tag', 'a: !<a-password-of-mine\n'],
  ['a password behind the head of a block', 'a: | a-password-of-mine\n  b\n'],
  ['a password that nothing expects', 'a: "b"\n  a-password-of-mine\n c'],
  ['a password as a directive', '%a-password-of-mine\n---\na: [\n'],
  [
    'a quote that goes on over a password',
    'ingestors: {telegram: {fetch_mode: "initial\n  a-password-of-mine"}}\n',
  ],
  ['a mapping as a key', '{a: a-password-of-mine}: 1\ningestors: {telegram: {max_backups: x}}\n'],
])('%s is not shown', async (_, text) => {
  await using directory = await tempWorkingDirectory();
  const warnings = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const error: unknown = await directory.loadText(text).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'STORE_CONFIG_INVALID' });
  expect(inspect([error, warnings.mock.calls], { depth: 8 })).not.toContain('password');
});

test('an error quotes no more than the beginning of a long value or key', async () => {
  await using directory = await tempWorkingDirectory();
  const long = 'x'.repeat(100_000);
  for (const text of [
    `ingestors: {telegram: {max_backups: ${long}}}`,
    `{"a": "${long}`,
    `*${long}`,
  ]) {
    const error = await directory.loadText(text).catch((error: Error) => error);
    expect(error).toMatchObject({ code: 'STORE_CONFIG_INVALID' });
    expect((error as Error).message.length).toBeLessThan(1200);
  }
});
