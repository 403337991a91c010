import { createRandom, type Random } from '@tgstore/testkit';
import type { Check, CheckOptions, Outcome, Proof } from '../proof.ts';
import { scaled } from '../proof.ts';
import { lackOf } from '../tools.ts';
import type { Recording } from './disk.ts';
import { recordBySeam, recordByStrace } from './record.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS, SEQUENCES } from './scenarios.ts';
import { checkAll, type Job } from './spread.ts';
import { type CrashModel, MODELS } from './states.ts';

/** What a crash in the middle of each operation can leave on a disk. */
export const crashStates: Proof = {
  name: 'crash-states',
  title: 'every state that a crash can leave on a disk is opened, recovered and checked',
  checks: [
    ...MODELS.map(operations),
    {
      what: 'operations, seen at the seam',
      run: async (options) => {
        const recordings: Recording[] = [];
        for (const scenario of SCENARIOS.filter(({ throughSeam = true }) => throughSeam)) {
          recordings.push(await recordBySeam(scenario));
        }
        return await enumerate(recordings, MODELS, options, {});
      },
    },
    {
      what: 'two changes in a row',
      unavailable: () => lackOf('strace'),
      run: async (options) => {
        const count = scaled(SEQUENCES.length, Math.min(1, options.scale * 4), 4);
        const chosen = sample(SEQUENCES, count, createRandom(options.seed));
        const recordings = await recordByStrace(chosen);
        return await enumerate(recordings, MODELS, options, { thorough: false });
      },
    },
  ],
};

function operations(model: CrashModel): Check {
  return {
    what: `operations, ${model}`,
    unavailable: () => lackOf('strace'),
    run: async (options) => {
      options.report('recording');
      recorded ??= recordByStrace(SCENARIOS);
      return await enumerate(await recorded, [model], options, {});
    },
  };
}

/** Of all scenarios; the models take it in turn. */
let recorded: Promise<Recording[]> | undefined;

async function enumerate(
  recordings: readonly Recording[],
  models: readonly CrashModel[],
  { seed, scale, report }: CheckOptions,
  options: Partial<Job['options']>,
): Promise<Outcome> {
  const share = Math.min(1, scale * 8);
  const defaults = { seed, samples: 24, share, nestedShare: 0.01, thorough: scale >= 1 };
  const job = { recordings, models, options: { ...defaults, ...options } };
  const found = await checkAll(job, (checked) => report(`${checked} states`));
  return {
    tried: found.states + found.nested,
    unit: 'states',
    violations: found.violations,
    seen: `${recordings.length} recordings; ${found.nested} of the states are of recoveries that were cut, too`,
  };
}

function sample(all: readonly Scenario[], count: number, random: Random): Scenario[] {
  const left = [...all];
  return Array.from({ length: Math.min(count, all.length) }, () => {
    const [one] = left.splice(random.int(0, left.length - 1), 1);
    return one as Scenario;
  });
}
