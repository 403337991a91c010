import { createRequire } from 'node:module';
import { join } from 'node:path';

// Prints for which events of the process there are listeners that were not there before: after the import of the package,
// after a lock, and after the gate was used.

const [directory = '', hasHandlers] = process.argv.slice(2);
const before = new Map(process.eventNames().map((name) => [name, process.listenerCount(name)]));
const { emit } = process;
if (hasHandlers !== undefined) useSignalExit();

const { withLock } = await import('../../src/index.ts');
const atImport = added();
await withLock(join(directory, 'file'), () => {});
const atLock = added();
const { behindGate } = await import('../../src/gate.ts');
await behindGate(directory, async () => {});
const atGate = added();
const isPatched = process.emit !== emit;
process.stdout.write(JSON.stringify({ atImport, atLock, atGate, isPatched }));

function added(): string[] {
  return process
    .eventNames()
    .filter((name) => process.listenerCount(name) > (before.get(name) ?? 0))
    .map(String)
    .sort();
}

/** As a program does that has the library behind the gate's in use for its own ends. */
function useSignalExit(): void {
  const ours = createRequire(import.meta.url);
  const theirs = createRequire(ours.resolve('proper-lockfile'));
  theirs('signal-exit')(() => {});
}
