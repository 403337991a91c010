// Prints how many listen to each event of this process, at each step of the use of locks, and whether `process.emit` was
// replaced: node process-listeners.ts <directory> [signal-exit], the latter in a program that uses that library itself.

import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [directory = '', itself] = process.argv.slice(2);
const { emit } = process;
const steps: Record<string, Record<string, number>> = {};

function count(step: string): void {
  const counts = process.eventNames().map((name) => [String(name), process.listenerCount(name)]);
  steps[step] = Object.fromEntries(counts);
}

count('before');
if (itself !== undefined) useSignalExit();
const { FileSystemLock } = await import('../../src/index.ts');
count('imported');
const lock = await FileSystemLock.acquire(join(directory, 'x'));
lock.signal.throwIfAborted();
count('held');
await lock.release();
count('given back');
const { behindGate } = await import('../../src/gate.ts');
await behindGate(directory, async () => {
  if (!existsSync(join(directory, 'gate'))) throw new Error('the gate was not used');
  count('behind the gate');
});
count('after the gate');
process.stdout.write(JSON.stringify({ ...steps, isPatched: process.emit !== emit }));

/** The library behind that of the gate. */
function useSignalExit(): void {
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve('proper-lockfile'));
  theirs('signal-exit')(() => {});
}
