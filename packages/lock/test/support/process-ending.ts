// Takes a lock and comes to an end: node process-ending.ts <file> <how>; prints `held` in between.

import { FileSystemLock } from '../../src/index.ts';

const [file = '', how = ''] = process.argv.slice(2);

const ends: Record<string, () => unknown> = {
  'runs out of work': () => {},
  'gives it back and runs out of work': () => lock.release(),
  'calls process.exit': () => process.exit(0),
  'throws an exception nobody catches': () => setTimeout(() => raise('nobody catches this')),
  'has a rejection nobody handles': () => void Promise.reject(new Error('nobody handles this')),
  aborts: () => process.abort(),
  'waits for a signal': () => setTimeout(() => {}, 60_000),
};

function raise(message: string): never {
  throw new Error(message);
}

const lock = await FileSystemLock.acquire(file);
// what waits for its loss must not keep the program running either
lock.signal.throwIfAborted();
process.stdout.write('held\n', () => void ends[how]?.());
