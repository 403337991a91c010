import { deepEqual, equal, rejects } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { FileSystemLock, inspectLocks, LockError, withLock } from '@tgstore/lock';

writeFileSync('counter', '0');
const increment = () =>
  withLock('counter', { operation: 'increment' }, async () => {
    const count = Number(readFileSync('counter', 'utf8'));
    const [holder] = await inspectLocks('.locks');
    deepEqual([holder?.operation, holder?.liveness], ['increment', 'alive']);
    writeFileSync('counter', String(count + 1));
  });
await Promise.all([increment(), increment(), increment()]);
equal(readFileSync('counter', 'utf8'), '3');

const held = await FileSystemLock.acquire('other');
await rejects(
  withLock('other', async () => {}),
  (error) => error instanceof LockError && error.code === 'LOCK_REENTRANT',
);
await held.release();
equal(await withLock('other', async () => 'free'), 'free');
