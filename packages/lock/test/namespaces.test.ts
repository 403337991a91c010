// Holders and those who judge them in different pid namespaces, as containers on one volume are. What a pid means differs
// there: they know each other only by the sockets in the lock directory.

import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { describeSelf, FileSystemLock, inspectLocks, isProvedDead } from '../src/index.ts';
import { drawAs } from './support/draw-as.ts';
import { Remote } from './support/process-remote.ts';

const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;
if (!canUnshare) {
  process.stderr.write('pid namespaces are NOT tested: unshare(1) needs Linux and root\n');
}

/** One who holds and one who looks on, at least one of them in a namespace of its own. */
const PLACES = [
  ['in another namespace', { inNewNamespace: true }, {}],
  ['outside, seen from a namespace', {}, { inNewNamespace: true }],
  ['in one namespace, seen from another', { inNewNamespace: true }, { inNewNamespace: true }],
] as const;

describe.runIf(canUnshare)('between pid namespaces', () => {
  test.for(PLACES)(
    'a holder %s keeps its lock while it lives, stopped or not, and loses it when killed',
    async ([, there, here]) => {
      await using directory = await tempDirectory();
      const path = join(directory.path, 'x');
      const locks = { directory: join(directory.path, '.locks') };
      await using holder = await Remote.start(there);
      await using onlooker = await Remote.start(here);
      const handle = await holder.call('acquire', path, { operation: 'import' });
      const token = await holder.call('describeSelf', locks);
      const onlookerToken = await onlooker.call('describeSelf', locks);
      expect(token.namespace).not.toBe(onlookerToken.namespace);
      expect(token).toMatchObject({ host: hostname(), boot: onlookerToken.boot });

      const expectAlive = async (): Promise<void> => {
        expect(await onlooker.call('isProvedDead', token, locks)).toBe(false);
        expect(await onlooker.call('tryAcquire', path)).toBeNull();
        const wait = onlooker.call('acquire', path, { timeoutMs: 200 });
        const holders = [{ pid: token.pid, operation: 'import', liveness: 'alive' }];
        await expect(wait).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', holders });
      };
      await expectAlive();
      holder.signal('SIGSTOP');
      await expectAlive();
      holder.signal('SIGCONT');
      await holder.call('assertHeld', handle);

      const wait = onlooker.call('hold', path, {}, 0);
      await holder.kill();
      await wait;
      expect(await onlooker.call('isProvedDead', token, locks)).toBe(true);
      // without the directory there is nothing to knock at
      expect(await onlooker.call('isProvedDead', token)).toBe(false);
    },
  );

  test('a stopped holder is not taken for dead once it can be called no more', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = { directory: join(directory.path, '.locks') };
    await using holder = await Remote.start({ inNewNamespace: true });
    await holder.call('acquire', path);
    const token = await holder.call('describeSelf', locks);
    holder.signal('SIGSTOP');
    // more calls than the kernel keeps for it
    for (let calls = 0; calls < 600; calls += 1) {
      expect(await isProvedDead(token, locks)).toBe(false);
    }
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
  });

  test('a holder that gave back another lock long ago is not taken for dead', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    await using holder = await Remote.start({ inNewNamespace: true });
    const handle = await holder.call('acquire', path);
    await holder.call('lockEach', [join(directory.path, 'y')], join(directory.path, '.locks'));
    // a process that uses no lock of a directory hides after a second
    await sleep(1200);
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
    await holder.call('release', handle);
    await sleep(1200);
    const again = await holder.call('acquire', path);
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
    await holder.call('assertHeld', again);
  });

  test('a holder that is about to end is not taken for dead while it still works', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    await using holder = await Remote.start({ inNewNamespace: true });
    const handle = await holder.call('acquire', path);
    const exit = holder.call('exitSlowly', handle, 1000).catch(() => {});
    await using _lock = await FileSystemLock.acquire(path);
    await exit;
    expect(await holder.ended).toBe(0);
  });

  test('those who are killed on both sides leave the lock to the next', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    await using inside = await Remote.start({ inNewNamespace: true });
    await using outside = await Remote.start();
    await using last = await Remote.start({ inNewNamespace: true });
    await inside.call('acquire', path);
    const ends = Promise.allSettled([
      outside.call('hold', path, {}, 60_000),
      last.call('hold', path, {}, 0),
    ]);
    while ((await inspectLocks(join(directory.path, '.locks'))).length < 3);
    await inside.kill();
    await outside.kill();
    const [, end] = await ends;
    expect(end).toMatchObject({ status: 'fulfilled' });
  });

  test('a holder is known where its lock directory was removed and made anew by others', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = join(directory.path, '.locks');
    await using inside = await Remote.start({ inNewNamespace: true });
    await using outside = await Remote.start();
    const lost = await inside.call('acquire', path);
    await rm(locks, { recursive: true });
    await outside.call('lockEach', [path], locks);
    await inside.call('release', lost);
    const handle = await inside.call('acquire', path);
    expect(await outside.call('tryAcquire', path)).toBeNull();
    expect(await inspectLocks(locks)).toMatchObject([{ liveness: 'alive', state: 'held' }]);
    await inside.call('assertHeld', handle);
  });

  test('a /proc of another namespace is not believed', async () => {
    await using directory = await tempDirectory();
    const locks = { directory: join(directory.path, '.locks') };
    await using inside = await Remote.start({ inNewNamespace: true, keepProc: true });
    const token = await inside.call('describeSelf', locks);
    expect(token.pid).toBe(1);
    // that of the process which has this pid in the namespace of /proc
    expect(token.start).not.toBe(startOf(1));
    expect([null, startOf(inside.pid)]).toContain(token.start);
    expect(await inside.call('isProvedDead', token)).toBe(false);
    expect(await isProvedDead(token, locks)).toBe(false);
    await inside.kill();
    expect(await isProvedDead(token, locks)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('a pid', () => {
  test('that was given away does not stand for the process that had it', async () => {
    const self = await describeSelf();
    expect(self.namespace).toContain(readlinkSync('/proc/self/ns/pid'));
    expect(await isProvedDead(self)).toBe(false);
    expect(await isProvedDead({ ...self, start: String(Number(self.start) - 1) })).toBe(true);
    // where the start is unknown, nothing is proved
    expect(await isProvedDead({ ...self, start: null })).toBe(false);
  });

  test('that was given away frees the lock of the process that had it', async () => {
    await using directory = await tempDirectory();
    const path = join(directory.path, 'x');
    const locks = { directory: join(directory.path, '.locks') };
    await using remote = await Remote.start();
    const living = await remote.call('describeSelf', locks);
    const { queue, ticket } = await drawAs(living, path);
    expect(await FileSystemLock.tryAcquire(path)).toBeUndefined();
    await queue.spend(ticket.id);
    await drawAs({ ...living, start: '1' }, path);
    await using lock = await FileSystemLock.tryAcquire(path);
    expect(lock?.fencingNumber).toBeGreaterThan(ticket.number);
  });
});

/** When a process started, in clock ticks since boot. */
function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
