import { FileSystemLock, type LockError } from '../../src/index.ts';

// Asks for a lock, and prints what came of it.

const [file = '', timeoutMs = ''] = process.argv.slice(2);
try {
  const lock = await FileSystemLock.acquire(file, { timeoutMs: Number(timeoutMs) });
  await lock.release();
  process.stdout.write(JSON.stringify({ got: true }));
} catch (error) {
  const { code, holders } = error as LockError;
  process.stdout.write(JSON.stringify({ code, holders }));
}
