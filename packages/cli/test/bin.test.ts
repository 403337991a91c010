import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
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

test('the first interrupt lets the running command finish, the second ends it and gives it back', async () => {
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
  // nothing is left to clean up, and it does not count as a failure
  const state = join(cwd, 's', '.tgstore', 'state', '100.json');
  expect(JSON.parse(await readFile(state, 'utf8'))).toEqual({});
});

test('a command outlives tgstore, and nobody else is given its conversation until it has ended', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const input = toText(chat([{ id: 1 }]));
  spawnSync(process.execPath, [...node, 'import', '-', '--store', 's'], { cwd, input });
  const exec = 'echo $$ > pid; while [ ! -e go ]; do sleep 0.05; done';
  const first = spawn(process.execPath, [...node, 'process', '--exec', exec, '--store', 's'], {
    cwd,
  });
  await expect.poll(() => existsSync(join(cwd, 'pid')), { timeout: 30_000 }).toBe(true);
  first.kill('SIGKILL');
  await once(first, 'exit');
  const again = ['process', '--exec', 'touch ran', '--store', 's', '--json'];
  const busy = spawnSync(process.execPath, [...node, ...again], { cwd, encoding: 'utf8' });
  expect(JSON.parse(busy.stdout).counts).toEqual({ claimed: 1 });
  expect(existsSync(join(cwd, 'ran'))).toBe(false);
  await writeFile(join(cwd, 'go'), '');
  const processed = () => {
    const { stdout } = spawnSync(process.execPath, [...node, ...again], { cwd, encoding: 'utf8' });
    return JSON.parse(stdout).counts;
  };
  await expect.poll(processed, { timeout: 30_000 }).toEqual({ processed: 1 });
});

test('watch imports finished exports and processes what comes, until it is interrupted', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  await mkdir(join(cwd, 'drop'));
  const args = ['watch', '--import', 'drop', '--exec', 'cat > "$TGSTORE_CONVERSATION_ID".json'];
  const child = spawn(process.execPath, [...node, ...args, '--store', 's'], { cwd });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await once(child.stderr, 'data');
  await writeFile(join(cwd, 'drop', 'half.json'), toText(chat([{ id: 1 }])).slice(0, -20));
  await writeFile(join(cwd, 'drop', 'whole.json'), toText(chat([{ id: 1 }, { id: 2 }])));
  await expect.poll(() => output, { timeout: 30_000 }).toMatch(/^OK {2}processed 100/m);
  expect(output).toMatch(/^OK {2}imported \S+whole\.json · 1 conversation · \+2 new · ~0 edited$/m);
  expect(JSON.parse(await readFile(join(cwd, '100.json'), 'utf8')).metadata.message_count).toBe(2);
  expect(existsSync(join(cwd, 's', '100_processed.json'))).toBe(true);
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number];
  expect(status).toBe(130);
});
