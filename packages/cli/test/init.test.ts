import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfig } from '@tgstore/core';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { configTemplate } from '../src/config-template.ts';
import { run } from './support/run.ts';

/** Takes the # away before each key. */
function uncomment(text: string): string {
  return text.replace(/^( *)#(?=\w)/gm, '$1');
}

async function load(cwd: string) {
  return await loadConfig({ workingDirectory: cwd, env: {} });
}

test('init writes a configuration that says where the store is, and nothing else', async () => {
  await using dir = await tempDirectory();
  const { config: defaults } = await load(dir.path);
  const { status, stdout, stderr } = await run(['init', 'my "chats"'], { cwd: dir.path });
  expect(status).toBe(0);
  expect(stdout).toBe('OK  tgstore.yaml written · store my "chats"\n');
  expect(stderr).toBe('next: tgstore import ~/Downloads/DataExport_2026-11-23\n');
  const { config, file } = await load(dir.path);
  expect(config).toEqual({ ...defaults, storageDir: join(dir.path, 'my "chats"') });
  expect(file).toBe(join(dir.path, 'tgstore.yaml'));
  if (process.platform !== 'win32') {
    expect((await stat(join(dir.path, 'tgstore.yaml'))).mode & 0o777).toBe(0o600);
  }
});

test('every key that core knows stands in it, at its default; without a name the store is too', async () => {
  await using dir = await tempDirectory();
  const { config: defaults } = await load(dir.path);
  await run(['init'], { cwd: dir.path });
  const path = join(dir.path, 'tgstore.yaml');
  const text = await readFile(path, 'utf8');
  expect(new Set(Object.values((await load(dir.path)).origins))).toEqual(new Set(['default']));
  await writeFile(path, uncomment(text));
  const { config, origins } = await load(dir.path);
  expect(config).toEqual(defaults);
  expect(Object.values(origins)).not.toContain('default');
  const source = await readFile(new URL('../../core/src/config.ts', import.meta.url), 'utf8');
  const keys = [...source.matchAll(/'(?:ingestors|preprocessors)\.telegram\.(\w+)'/g)];
  expect(keys.length).toBeGreaterThan(6);
  for (const [, key] of keys) expect(text).toMatch(new RegExp(`\\n {4}# .+\\n {4}#${key}: `));
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('what is there is never overwritten, be it a file or a link that leads nowhere', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'tgstore.yaml');
  await writeFile(path, 'mine');
  const refused = await run(['init'], { cwd: dir.path });
  expect([refused.status, refused.stdout]).toEqual([1, '']);
  expect(refused.stderr).toBe(
    `CONFIG_EXISTS  ${path} exists already and stays as it is; edit it, or move it away\n`,
  );
  expect(await readFile(path, 'utf8')).toBe('mine');
  await symlink('elsewhere', join(dir.path, 'link.yaml'));
  const link = await run(['init', '--config', 'link.yaml', '--json'], { cwd: dir.path });
  expect(JSON.parse(link.stderr)).toMatchObject({ event: 'error', code: 'CONFIG_EXISTS' });
  await expect(stat(join(dir.path, 'elsewhere'))).rejects.toThrow('ENOENT');
});

test('--dry-run prints it and writes nothing; --json is one document', async () => {
  await using dir = await tempDirectory();
  const dry = await run(['init', 'x', '--dry-run'], { cwd: dir.path });
  expect(dry).toEqual({ status: 0, stdout: configTemplate('x'), stderr: '' });
  await expect(stat(join(dir.path, 'tgstore.yaml'))).rejects.toThrow('ENOENT');
  const written = await run(['init', '--store', 'x', '--json'], { cwd: dir.path });
  expect(written.stderr).toBe('');
  const file = join(dir.path, 'tgstore.yaml');
  expect(JSON.parse(written.stdout)).toEqual({ file, store: join(dir.path, 'x'), dry_run: false });
  expect(await readFile(file, 'utf8')).toBe(configTemplate('x'));
});

test('what else says where the store is, is named', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'config.yaml'), '');
  const { stderr } = await run(['init'], { cwd: dir.path, env: { TGSTORE_DIR: 'y' } });
  expect(stderr).toMatch(/^note {2}config\.yaml is not read here any more: tgstore\.yaml goes/);
  expect(stderr).toContain('\nnote  TGSTORE_DIR is set, and goes before the file\n');
});
