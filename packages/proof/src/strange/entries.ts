import { createRandom, tempDirectory } from '@tgstore/testkit';
import { Child } from '../child/child.ts';
import type { CheckOptions, Outcome } from '../proof.ts';
import type { EntryCase } from './entry-case.ts';
import { KINDS, type KindName, lackOf } from './kinds.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { PLACES } from './places.ts';
import { shuffled } from './shuffled.ts';

export interface EntryOptions extends CheckOptions {
  readonly flags?: readonly string[] | undefined;
  /** @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** @default all, or at a small scale some, by the seed */
  readonly cases?: readonly EntryCase[] | undefined;
}

/** Every strange entry at every place of a store, for every operation. */
export async function checkEntries({
  seed,
  scale,
  report,
  flags,
  timeoutMs = 30_000,
  cases = chosen(seed, scale),
}: EntryOptions): Promise<Outcome> {
  await using dir = await tempDirectory();
  const violations: string[] = [];
  const seen = new Map<string, number>();
  await using child = new Child({ flags, timeoutMs, maxBytes: 512 * 2 ** 20, tasksEach: 1000 });
  const module = new URL('entry-case.ts', import.meta.url).href;
  const prepared = await child.run('sample', { module, name: 'prepare', args: [dir.path] });
  violations.push(...prepared.violations);
  for (const [number, one] of cases.entries()) {
    const what = `${one.kind} at ${one.place}: ${one.operation}`;
    const found = await child.run(what, {
      module,
      name: 'runEntryCase',
      args: [dir.path, number, one],
    });
    violations.push(...found.violations);
    for (const [key, count] of Object.entries(found.seen ?? {}))
      seen.set(key, (seen.get(key) ?? 0) + count);
    report(`${number + 1} of ${cases.length}, ${violations.length} violations`);
  }
  const figures = [...seen].map(([key, count]) => `${count} ${key}`).sort();
  return { tried: cases.length, unit: 'cases', violations, seen: figures.join(', ') };
}

function chosen(seed: number, scale: number): readonly EntryCase[] {
  const all = PLACES.flatMap(({ name: place }) =>
    (Object.keys(KINDS) as KindName[])
      .filter((kind) => !lackOf(kind))
      .flatMap((kind) =>
        (Object.keys(OPERATIONS) as OperationName[]).map((operation) => ({
          place,
          kind,
          operation,
        })),
      ),
  ).filter((one) => !isPipeToRead(one));
  if (scale >= 1) return all;
  return shuffled(all, createRandom(seed)).slice(0, Math.max(1, Math.round(all.length * scale)));
}

/** Exports may come through a pipe: who names one waits for who writes into it. */
function isPipeToRead({ place, kind, operation }: EntryCase): boolean {
  return place === 'what is imported' && kind === 'a FIFO' && operation === 'import';
}
