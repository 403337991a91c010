import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { leftOvers } from './tree.ts';

/** Makes the temporary files of this process those of one that is dead. */
export function asIfKilled(directory: string): void {
  const own = `-${process.pid.toString(36).padStart(7, '0')}-`;
  for (const name of leftOvers(directory)) {
    // a pid that no system gives
    renameSync(join(directory, name), join(directory, name.replace(own, '-0hra0hs-')));
  }
}
