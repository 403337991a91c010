import { availableParallelism } from 'node:os';
import { createRandom } from '@tgstore/testkit';
import { Child, type ChildOptions } from '../child/child.ts';
import { type Check, type CheckOptions, type Outcome, type Proof, scaled } from '../proof.ts';

/** What a seed alone decides, and how often that is tried in the long run. */
const KINDS = {
  histories: {
    count: 20_000,
    module: new URL('./history.ts', import.meta.url),
    name: 'runHistory',
  },
  conversations: {
    count: 3000,
    module: new URL('./round-trip.ts', import.meta.url),
    name: 'runRoundTrip',
  },
} as const;

type Kind = keyof typeof KINDS;

export const model: Proof = {
  name: 'model',
  title:
    'several managers over one store against a model, in orders that a seed chooses; ids and messages that nobody would choose',
  checks: [check('histories'), check('conversations')],
};

function check(what: Kind): Check {
  // at least one conversation of each kind
  const run = (options: CheckOptions): Promise<Outcome> =>
    checkModel(what, { ...options, count: scaled(KINDS[what].count, options.scale, 14) });
  return { what, run };
}

export interface ModelOptions
  extends Pick<CheckOptions, 'seed' | 'report'>,
    Pick<ChildOptions, 'flags'> {
  readonly count: number;
  /** Ends after so many violations. @default never */
  readonly stopAfter?: number | undefined;
}

export async function checkModel(
  what: Kind,
  { seed, report, flags, count, stopAfter = Number.POSITIVE_INFINITY }: ModelOptions,
): Promise<Outcome> {
  const { module: url, name } = KINDS[what];
  const module = url.href;
  const random = createRandom(seed);
  const tasks = Array.from(
    { length: count },
    (_, index) => [random.int(0, 2 ** 31), index] as const,
  );
  const violations: string[] = [];
  const seen = new Map<string, number>();
  let tried = 0;
  const work = async (): Promise<void> => {
    await using child = new Child({ flags, tasksEach: 400 });
    for (let args = tasks.shift(); args && violations.length < stopAfter; args = tasks.shift()) {
      const found = await child.run(`${name}(${args})`, { module, name, args });
      violations.push(...found.violations);
      for (const [key, times] of Object.entries(found.seen ?? {})) {
        seen.set(key, (seen.get(key) ?? 0) + times);
      }
      tried += 1;
      report(`${tried} of ${count}, ${violations.length} violations`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  const figures = [...seen].map(([key, times]) => `${times.toLocaleString('en')} ${key}`);
  return { tried, unit: what, violations, seen: figures.sort().join(', ') };
}
