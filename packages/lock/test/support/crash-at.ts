import { writeFileSync } from 'node:fs';
import type { LockFileSystem } from '../../src/file-system.ts';
import { type DiskCall, disk } from './disk.ts';
import { takeAndGiveBack } from './scenarios.ts';

// Takes a lock and gives it back, twice, and kills itself at one call that reaches the disk: before it, half-way through
// where it writes a text, or after it. Prints each call before it is made.

const [locks = '', file = '', at = '', when = ''] = process.argv.slice(2);

function dieAt(call: DiskCall, moment: string): void {
  if (call.count !== Number(at) || moment !== when) return;
  process.kill(process.pid, 'SIGKILL');
  // until the signal has come
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const fileSystem: LockFileSystem = disk({
  before(call) {
    process.stdout.write(`${call.text}\n`);
    dieAt(call, 'before');
    if (call.name !== 'create' || call.count !== Number(at) || when !== 'half-way') return;
    const [path, text] = call.args as [string, string];
    writeFileSync(path, text.slice(0, text.length / 2));
    dieAt(call, 'half-way');
  },
  after: (call) => dieAt(call, 'after'),
});

await takeAndGiveBack(locks, file, { fileSystem });
