import { type Check, type CheckOptions, type Outcome, type Proof, scaled } from '../proof.ts';
import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { watchCases } from './watch-cases.ts';

/** Mutated files of every kind: each is refused with a coded error or read right; `prove mutations --seed N` shows a violation again. */
export const mutations: Proof = {
  name: 'mutations',
  title: 'files of every kind with their bytes mutated, refused or read right',
  checks: kinds.map(checkOf),
};

function checkOf(kind: Kind): Check {
  return { what: kind.name, run: (options) => run(kind, options) };
}

async function run(kind: Kind, { seed, scale, report }: CheckOptions): Promise<Outcome> {
  const cases = scaled(kind.cases, scale, 10);
  const dearEvery = kind.dear === 0 ? cases + 1 : Math.round(kind.cases / kind.dear);
  const { tried, read, peakBytes, violations } = await watchCases({
    ...{ kind: kind.name, seed, cases, dearEvery, processes: PROCESSES },
    report: (done) => report(`${done.toLocaleString('en')} of ${cases.toLocaleString('en')}`),
  });
  const dear =
    kind.dear === 0
      ? ''
      : `, ${Math.ceil(cases / dearEvery).toLocaleString('en')} changed, mended or restored too`;
  const seen = `${read.toLocaleString('en')} read, the others refused${dear}; at most ${Math.round(peakBytes / 2 ** 20)} MiB`;
  return { tried, unit: 'mutated files', violations, seen };
}

const PROCESSES = 2;
