import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

const holdLock = join(import.meta.dirname, '../../core/test/support/hold-lock.ts');

/** A working directory with a store `s` of one conversation, which another process holds. */
async function tempHeldStore() {
  const directory = await tempDirectory();
  const cwd = directory.path;
  await run(['import', '-', '--store', 's'], { cwd, stdin: toText(chat([{ id: 1 }])) });
  await writeFile(
    join(cwd, 'tgstore.yaml'),
    'ingestors: { telegram: { json_storage_path: s, lock_timeout: 3 } }\n',
  );
  const holder: ChildProcess = spawn(
    process.execPath,
    [...typeScriptFlags, holdLock, join(cwd, 's'), '100'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  await once(holder.stdout ?? holder, 'data');
  return {
    cwd,
    pid: holder.pid,
    async [Symbol.asyncDispose]() {
      holder.stdin?.end();
      await once(holder, 'exit');
      await directory[Symbol.asyncDispose]();
    },
  };
}

test('a command that waits says for whom, and gives up with 11', async () => {
  await using store = await tempHeldStore();
  const { cwd, pid } = store;
  const { status, stderr } = await run(['import', '-'], {
    cwd,
    stdin: toText(chat([{ id: 1 }, { id: 2 }])),
  });
  expect(status).toBe(11);
  const [waiting, error] = stderr.trimEnd().split('\n');
  expect(waiting).toMatch(
    new RegExp(`^waiting for conversation 100: process ${pid} on \\S+ \\(hold\\) has had it for`),
  );
  expect(error).toMatch(new RegExp(`^LOCK_TIMEOUT {2}.*within 3 s: held by process ${pid} on`));
});

test('as JSON, and with --quiet, the wait is said for programs, or not at all', async () => {
  await using store = await tempHeldStore();
  const { cwd, pid } = store;
  const asJson = await run(['mark', '--processed', '100', '--json'], { cwd });
  expect(JSON.parse(asJson.stderr)).toMatchObject({
    event: 'waiting',
    conversation_id: '100',
    holder: { pid, operation: 'hold' },
  });
  expect(JSON.parse(asJson.stdout)).toMatchObject({ failed: [{ code: 'LOCK_TIMEOUT' }] });
  expect(asJson.status).toBe(11);
  const quiet = await run(['mark', '--processed', '100', '--json', '--quiet'], { cwd });
  expect(quiet.stderr).toBe('');
});

test('lock list shows who holds what, in 80 columns and as JSON', async () => {
  await using store = await tempHeldStore();
  const { cwd, pid } = store;
  const { status, stdout, stderr } = await run(['lock', 'list'], { cwd });
  const [heading, row] = stdout.trimEnd().split('\n');
  expect(heading).toMatch(/^CONVERSATION {2}STATE +FOR +PROCESS {2}HOST +IS +DOING$/);
  expect(row).toMatch(new RegExp(`^100 +held +\\d s +${pid} {2}\\S+ +alive +hold$`));
  expect([status, stderr]).toEqual([0, '']);
  const json = JSON.parse((await run(['lock', 'list', '--json'], { cwd })).stdout);
  expect(json).toMatchObject([
    { conversation_id: '100', state: 'held', kind: 'exclusive', pid, operation: 'hold' },
  ]);
});

test('lock break refuses to take from the living with 11, and takes with --force', async () => {
  await using store = await tempHeldStore();
  const { cwd, pid } = store;
  const refused = await run(['lock', 'break', '100'], { cwd });
  expect(refused.status).toBe(11);
  expect(refused.stderr).toMatch(new RegExp(`^LOCK_ALIVE .*process ${pid} .* lives; .*force`));
  const dry = await run(['lock', 'break', '100', '--force', '--dry-run'], { cwd });
  expect(dry.stdout).toMatch(/^OK {2}1 lock would be broken$/m);
  const forced = await run(['lock', 'break', '100', '--force'], { cwd });
  expect(forced.stdout).toMatch(/^OK {2}1 lock broken$/m);
  expect((await run(['lock', 'list'], { cwd })).stderr).toBe('No locks\n');
  expect((await run(['mark', '--processed', '100'], { cwd })).status).toBe(0);
  const nothing = await run(['lock', 'break', '100'], { cwd });
  expect(nothing.stdout).toBe('OK  0 locks broken\n');
});

test('without a store there are no locks to show', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  expect((await run(['lock', 'list', '--store', 's'], { cwd })).status).toBe(10);
  expect((await run(['lock', 'break', '100', '--store', 's'], { cwd })).status).toBe(10);
  expect((await run(['lock'], { cwd })).status).toBe(2);
});
