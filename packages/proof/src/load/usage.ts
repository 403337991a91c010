import type { Event, Usage } from '../stress/events.ts';

type Sample = Usage & { readonly program: string };

/** How much memory a process may have in use more than before: what the engine compiles and caches comes and goes. */
const MEMORY_SLACK = 2 * 1024 * 1024;
const RSS_SLACK = 24 * 1024 * 1024;
/** Those of a lock directory are closed a second after its last use, and opened anew. */
const COUNT_SLACK = 3;
const FEWEST_SAMPLES = 24;

/** How the use of one process went: medians of the second and the last quarter of its samples. */
export interface Trend {
  readonly program: string;
  readonly holder: number;
  readonly operations: number;
  readonly before: Usage;
  readonly after: Usage;
}

/** What processes tell of the memory, descriptors, timers and listeners that they have in use. */
export class UsageLog {
  readonly #samples = new Map<number, Sample[]>();

  add(event: Event): void {
    if (event.kind !== 'used') return;
    const samples = this.#samples.get(event.holder) ?? [];
    samples.push(event);
    this.#samples.set(event.holder, samples);
  }

  trends(): Trend[] {
    return [...this.#samples].map(([holder, samples]) => {
      const quarter = Math.floor(samples.length / 4);
      const before = medianOf(samples.slice(quarter, 2 * quarter));
      const after = medianOf(samples.slice(-quarter));
      const program = samples[0]?.program ?? '';
      return { program, holder, operations: after.operations - before.operations, before, after };
    });
  }

  /** Whether enough is known of each of so many processes. */
  isEnough(processes: number): boolean {
    const counts = [...this.#samples.values()].map(({ length }) => length);
    return counts.length === processes && Math.min(...counts) >= FEWEST_SAMPLES;
  }
}

/** What grows in a process. */
export function* growthIn(trend: Trend): Generator<string> {
  const { program, holder, operations, before, after } = trend;
  const compare = function* (what: keyof Usage, slack: number): Generator<string> {
    if (after[what] - before[what] <= slack) return;
    const change = `${what} from ${before[what]} to ${after[what]} in ${operations} operations`;
    yield `${program} (${holder}) grows: ${change}`;
  };
  yield* compare('heapUsed', MEMORY_SLACK);
  yield* compare('external', MEMORY_SLACK);
  yield* compare('rss', RSS_SLACK);
  yield* compare('descriptors', COUNT_SLACK);
  yield* compare('resources', COUNT_SLACK);
  yield* compare('listeners', COUNT_SLACK);
}

const KEYS = [
  'operations',
  'heapUsed',
  'external',
  'rss',
  'descriptors',
  'resources',
  'listeners',
] as const;

function medianOf(samples: readonly Sample[]): Usage {
  const entries = KEYS.map((key) => [key, median(samples.map((sample) => sample[key]))] as const);
  return Object.fromEntries(entries) as Record<(typeof KEYS)[number], number>;
}

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
