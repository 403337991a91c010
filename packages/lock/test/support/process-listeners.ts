// Prints how many listen to the signals and to the end of this process, at each step of the use of locks.

import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const [directory = ''] = process.argv.slice(2);
const EVENTS = [...Object.keys(constants.signals), 'exit', 'beforeExit', 'uncaughtException'];
const steps: Record<string, Record<string, number>> = {};

function count(step: string): void {
  const counts = EVENTS.map((event) => [event, process.listenerCount(event)] as const);
  steps[step] = Object.fromEntries(counts.filter(([, listeners]) => listeners > 0));
}

count('before');
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
process.stdout.write(JSON.stringify(steps));
