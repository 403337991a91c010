import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { FileSystemLock, inspectLocks } from '../src/index.ts';
import { knock } from '../src/presence.ts';
import type { ParentReport } from './support/process-parent.ts';
import { Remote } from './support/process-remote.ts';

test.for([
  ['is terminated', 'wait', ''],
  ['calls process.exit', 'exit', ''],
  ['throws an exception nobody catches', 'throw', 'nobody catches this'],
] as const)(
  'a thread that %s while it holds a lock frees it at once, and the process lives on',
  async ([, ending, error]) => {
    await using directory = await tempDirectory();
    await using remote = await Remote.start();
    await using other = await Remote.start();
    for (const next of [other, remote]) {
      const path = join(directory.path, next === other ? 'x' : 'y');
      const thread = await remote.call('startThread', { task: 'hold', path, ending });
      if (ending === 'wait') {
        expect(await next.call('tryAcquire', path)).toBeNull();
        await remote.call('terminateThread', thread);
      }
      expect(await remote.call('untilThreadEnds', thread)).toBe(error);
      expect(await next.call('tryAcquire', path)).not.toBeNull();
    }
  },
);

test('threads of one process exclude each other', async () => {
  await using directory = await tempDirectory();
  await using remote = await Remote.start();
  const counted = await remote.call('countInThreads', join(directory.path, 'x'), 3, 100);
  expect(counted).toEqual({ count: 300, collisions: 0 });
});

test('a thread is told from its process, and is dead while the process lives', async () => {
  await using directory = await tempDirectory();
  await using remote = await Remote.start();
  const path = join(directory.path, 'x');
  const locks = join(directory.path, '.locks');
  const thread = await remote.call('startThread', { task: 'hold', path, ending: 'wait' });
  const [holder] = await inspectLocks(locks);
  expect(holder).toMatchObject({ pid: remote.pid, operation: 'in a thread', liveness: 'alive' });
  if (process.platform === 'linux') expect(holder?.owner.thread).not.toBeNull();
  await remote.call('terminateThread', thread);
  expect(await inspectLocks(locks)).toMatchObject([{ pid: remote.pid, liveness: 'dead' }]);
});

test.for(['fork', 'cluster'] as const)(
  'a child by %s inherits no lock, and none outlives its parent in it',
  async (how) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = join(directory.path, '.locks');
    await using family = await startFamily(path, how);
    const { parent, child } = family;
    expect({ parent: parent.isHeld, child: child.isHeld }).toEqual({ parent: true, child: false });
    expect(await inspectLocks(locks)).toMatchObject([{ pid: parent.pid }]);
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();

    await family.killParent();
    process.kill(child.pid, 0);
    // for those who can only knock, too
    if (parent.presence !== null) expect(await knock(locks, parent.presence)).toBe('dead');
    const lock = await FileSystemLock.tryAcquire(path);
    expect(lock).toBeDefined();
    await lock?.release();
  },
);

test.runIf(process.platform === 'linux').for(['fork', 'cluster'] as const)(
  'a child by %s shows by itself that it lives',
  async (how) => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = join(directory.path, '.locks');
    await using family = await startFamily(path, how);
    const { parent, child } = family;
    const { presence } = child;
    expect(await readdir(locks)).toEqual(expect.arrayContaining([parent.presence, presence]));
    expect(await knock(locks, presence ?? '')).toBe('alive');
    await family.killParent();
    expect(await knock(locks, presence ?? '')).toBe('alive');
    process.kill(child.pid, 'SIGKILL');
    while ((await knock(locks, presence ?? '')) !== 'dead');
  },
);

interface Family extends AsyncDisposable {
  readonly parent: ParentReport;
  readonly child: ParentReport;
  killParent(): Promise<void>;
}

/** A process that holds a lock and has a child, once both hold on. */
async function startFamily(path: string, how: 'fork' | 'cluster'): Promise<Family> {
  const started = startTypeScript(new URL('support/process-parent.ts', import.meta.url), {
    args: [path, how],
  });
  const ended = once(started, 'exit');
  const killParent = async (): Promise<void> => {
    started.kill('SIGKILL');
    await ended;
  };
  if (!started.stdout) throw new Error('nothing to read from');
  const reports: ParentReport[] = [];
  for await (const line of createInterface(started.stdout)) {
    reports.push(JSON.parse(line) as ParentReport);
    if (reports.length === 2) break;
  }
  const by = (who: string) => reports.find((report) => report.who === who) as ParentReport;
  return {
    parent: by('parent'),
    child: by('child'),
    killParent,
    async [Symbol.asyncDispose]() {
      await killParent();
      try {
        process.kill(by('child').pid, 'SIGKILL');
      } catch {
        // the test has killed it
      }
    },
  };
}
