import { type CheckOptions, type Outcome, type Proof, scaled } from '../proof.ts';
import { lackOf } from '../tools.ts';
import { damages } from './damages.ts';
import { failingCalls } from './failing-calls.ts';
import { runTraced } from './traced.ts';

export const secrets: Proof = {
  name: 'secrets',
  title: 'modes of what is made, and pieces of chats where none belong',
  checks: [
    { what: 'operations', unavailable: () => lackOf('strace'), run: operations },
    { what: 'damaged files', run: damages },
    { what: 'failing calls', run: failingCalls },
  ],
};

/** Every operation and command, under one umask after the other. */
async function operations({ seed, scale, report }: CheckOptions): Promise<Outcome> {
  const count = scaled(2 * UMASKS.length, scale);
  const violations: string[] = [];
  let [tried, calls, errors] = [0, 0, 0];
  for (let number = 0; number < count; number += 1) {
    // a short run begins anywhere
    const umask = UMASKS[(number + seed) % UMASKS.length] as number;
    const run = await runTraced(seed + number, umask);
    violations.push(...run.violations.map((line) => `seed ${seed + number}, ${line}`));
    tried += run.operations;
    calls += run.calls;
    errors += run.errors;
    report(`${number + 1} of ${count} umasks`);
  }
  const seen = `${calls} calls that make something, ${errors} failures`;
  return { tried, unit: 'operations', violations, seen };
}

const UMASKS = [0o000, 0o002, 0o022, 0o027, 0o077, 0o177, 0o277, 0o377, 0o477, 0o777];
