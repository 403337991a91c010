// Counts its share into a file that many processes count into: node process-counter.ts <file> <name> <share>
//
// The file has the sum, and what each name has counted. Who counts remembers his own part: if another process wrote over
// it, he finds less than he left. It starts at a message of its parent, and ends with status 0 once its share is counted.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { withLock } from '../../src/index.ts';

export interface Counts {
  readonly sum: number;
  readonly of: Readonly<Record<string, number>>;
}

const [file = '', name = '', share = ''] = process.argv.slice(2);

async function count(): Promise<void> {
  let known: number | undefined;
  for (let own = 0; own < Number(share); ) {
    own = await withLock(file, { timeoutMs: 60_000, operation: `count ${name}` }, (lock) => {
      const { sum, of } = JSON.parse(readFileSync(file, 'utf8')) as Counts;
      const found = of[name] ?? 0;
      if (known !== undefined && found !== known) {
        throw new Error(`${name} left ${known} and found ${found}: somebody wrote meanwhile`);
      }
      if (found >= Number(share)) return found;
      const next: Counts = { sum: sum + 1, of: { ...of, [name]: found + 1 } };
      const temporary = `${file}.${process.pid}`;
      writeFileSync(temporary, JSON.stringify(next));
      lock.assertHeld();
      renameSync(temporary, file);
      known = found + 1;
      return known;
    });
  }
}

process.once('message', () => {
  process.disconnect();
  void count();
});
process.send?.('ready');
