import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { chat, toText } from './support/exports.ts';

// the real process, from source: no build is needed before the tests
const bin = join(import.meta.dirname, '../src/bin.ts');
const node = [...typeScriptFlags, bin];

test('the command runs as a process, with its status and streams', async () => {
  await using dir = await tempDirectory();
  const input = toText(chat([{ id: 1 }]));
  const imported = spawnSync(process.execPath, [...node, 'import', '-', '--store', 's'], {
    cwd: dir.path,
    input,
    encoding: 'utf8',
  });
  expect(imported.stderr).toBe('');
  expect(imported.status).toBe(0);
  expect(imported.stdout).toContain('OK  1 conversation · +1 new');
});

test('a reader that closes the pipe early is no failure', async () => {
  await using dir = await tempDirectory();
  const messages = Array.from({ length: 20_000 }, (_, index) => ({ id: index + 1 }));
  await writeFile(join(dir.path, 'result.json'), toText(chat(messages)));
  spawnSync(process.execPath, [...node, 'import', 'result.json', '--store', 's'], {
    cwd: dir.path,
  });
  const child = spawn(process.execPath, [...node, 'export', '-o', '-', '--store', 's'], {
    cwd: dir.path,
  });
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const [status] = (await once(child, 'exit')) as [number];
  expect(status).toBe(0);
});

test('the first interrupt lets the running command finish, the second ends it', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  spawnSync(process.execPath, [...node, 'import', '-', '--store', 's'], {
    cwd,
    input: toText(chat([{ id: 1 }])),
  });
  const exec = 'touch began; while [ ! -e go ]; do sleep 0.05; done';
  const child = spawn(process.execPath, [...node, 'process', '--exec', exec, '--store', 's'], {
    cwd,
  });
  while (!existsSync(join(cwd, 'began'))) await new Promise(setImmediate);
  child.kill('SIGINT');
  await once(child.stderr, 'data');
  expect(child.exitCode).toBe(null);
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number];
  expect(status).toBe(130);
  expect(existsSync(join(cwd, 's', '100_unprocessed.json'))).toBe(true);
});
