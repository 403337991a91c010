import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { serialize } from 'node:v8';
import { startTypeScript } from '@tgstore/testkit';
import type { Enumerated, EnumerationOptions } from './check-recording.ts';
import type { Recording } from './disk.ts';
import { quickDirectory } from './materialize.ts';
import type { CrashModel } from './states.ts';

export interface Job {
  readonly recordings: readonly Recording[];
  readonly models: readonly CrashModel[];
  /** How many processes share it. */
  readonly of: number;
  readonly options: Omit<EnumerationOptions, 'part' | 'onState' | 'except'>;
}

/** What a worker says. */
export interface Told {
  readonly checked: number;
  readonly found?: Enumerated;
}

/** Checks the states of recordings in as many processes as there are cores, up to four. */
export async function checkAll(
  job: Omit<Job, 'of'>,
  report: (checked: number) => void,
): Promise<Enumerated> {
  await using dir = await quickDirectory();
  const of = Math.min(4, availableParallelism());
  const path = join(dir.path, 'job');
  await writeFile(path, serialize({ ...job, of }));
  const total: Enumerated = { states: 0, nested: 0, violations: [] };
  let checked = 0;
  const work = async (index: number): Promise<void> => {
    const file = new URL('worker.ts', import.meta.url);
    const child = startTypeScript(file, { args: [path, String(index)] });
    const closed = once(child, 'close');
    let hasEnded = false;
    for await (const line of createInterface({ input: child.stdout ?? process.stdin })) {
      const told = JSON.parse(line) as Told;
      checked += told.checked;
      report(checked);
      if (!told.found) continue;
      hasEnded = true;
      total.states += told.found.states;
      total.nested += told.found.nested;
      total.violations.push(...told.found.violations);
    }
    await closed;
    if (!hasEnded) throw new Error('a process that checks states ended before its time');
  };
  await Promise.all(Array.from({ length: of }, (_, index) => work(index)));
  return total;
}
