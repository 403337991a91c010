import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTypeScript, tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { FileSystemLock, inspectLocks } from '../src/index.ts';

const ENDING = new URL('support/process-ending.ts', import.meta.url);

/** What each end shows to the parent: exit status or signal. */
const ENDS: readonly [string, number | NodeJS.Signals][] = [
  ['runs out of work', 0],
  ['gives it back and runs out of work', 0],
  ['calls process.exit', 0],
  ['throws an exception nobody catches', 1],
  ['has a rejection nobody handles', 1],
  ['aborts', 'SIGABRT'],
];

test.for(ENDS)(
  'after a holder that %s, the next one gets the lock at once',
  async ([how, expected]) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const child = startTypeScript(ENDING, {
      args: [path, how],
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(child, 'exit');
    expect(child.signalCode ?? child.exitCode).toBe(expected);
    await expectFree(path);
  },
);

test.for(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const)(
  'after a holder that is ended by %s, the next one gets the lock at once',
  async (signal) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const child = startTypeScript(ENDING, { args: [path, 'waits for a signal'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    if (child.stdout) await once(child.stdout, 'data');
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
    child.kill(signal);
    await once(child, 'exit');
    expect(child.signalCode).toBe(signal);
    await expectFree(path);
  },
);

test.runIf(process.platform === 'linux')(
  'a holder that was killed and is not buried yet is dead',
  async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    // its parent becomes a program that never asks for its end
    const command = [process.execPath, ...typeScriptFlags, fileURLToPath(ENDING), path];
    const args = ['-c', '"$@" & exec sleep 60', 'sh', ...command, 'waits for a signal'];
    const parent = spawn('sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    await once(parent.stdout, 'data');
    const [holder] = await inspectLocks(join(directory.path, '.locks'));
    const pid = holder?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    const status = (): string => readFileSync(`/proc/${pid}/status`, 'utf8');
    const state = (): string | undefined => /^State:\t(.)/m.exec(status())?.[1];
    // until its last thread is gone too
    while (state() !== 'Z' || !/^Threads:\t[01]$/m.test(status()));
    await expectFree(path);
    expect(state()).toBe('Z');
  },
);

async function expectFree(path: string): Promise<void> {
  const lock = await FileSystemLock.tryAcquire(path);
  expect(lock).toBeDefined();
  lock?.assertHeld();
  await lock?.release();
}
