// Takes a lock and starts a child of its own: node process-parent.ts <file> <fork|cluster>
//
// Parent and child tell the test what they see, each in a line: the child tries to take the lock that its parent holds, and
// lives on for a while whatever becomes of the parent.

import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeSelf, FileSystemLock } from '../../src/index.ts';

export interface ParentReport {
  readonly who: 'parent' | 'child';
  readonly pid: number;
  /** How it is known in the lock directory. */
  readonly presence: string | null;
  /** Whether it could take the lock. */
  readonly isHeld: boolean;
}

const [file = '', how = ''] = process.argv.slice(2);

async function report(who: ParentReport['who'], isHeld: boolean): Promise<void> {
  const { presence } = await describeSelf({ directory: join(dirname(file), '.locks') });
  const text = JSON.stringify({ who, pid: process.pid, presence, isHeld } satisfies ParentReport);
  process.stdout.write(`${text}\n`);
}

async function beParent(): Promise<void> {
  const lock = await FileSystemLock.acquire(file);
  lock.assertHeld();
  const child =
    how === 'cluster'
      ? cluster.fork().process
      : fork(fileURLToPath(import.meta.url), [file, 'child']);
  await once(child, 'message');
  await report('parent', lock !== undefined);
}

async function beChild(): Promise<void> {
  const lock = await FileSystemLock.tryAcquire(file);
  await report('child', lock !== undefined);
  process.send?.('ready');
  // the children of a cluster end when they lose their parent
  process.removeAllListeners('disconnect');
  process.channel?.unref();
  setTimeout(() => {}, 20_000);
}

await (how === 'child' || cluster.isWorker ? beChild() : beParent());
