import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { withLock } from '../src/index.ts';
import { Remote } from './support/process-remote.ts';

const PROCESSES = 4;
const TRIES = 10;
/** What is promised where others hold for less than 50 ms. */
const LIMIT_MS = 1000;

test('a writer among 20 readers that never pause gets in within a second', async () => {
  const readers = { lanes: 5, minMs: 20, maxMs: 45 };
  const waits = await waitAmong({ shared: true, ...readers }, { shared: false });
  process.stderr.write(`writer among readers: ${describe(waits)}\n`);
  expect(Math.max(...waits)).toBeLessThan(LIMIT_MS);
});

test('a reader among writers that never pause gets in within a second', async () => {
  const writers = { lanes: 2, minMs: 10, maxMs: 45 };
  const waits = await waitAmong({ shared: false, ...writers }, { shared: true });
  process.stderr.write(`reader among writers: ${describe(waits)}\n`);
  expect(Math.max(...waits)).toBeLessThan(LIMIT_MS);
});

/** How long each of several acquisitions takes in which one process competes with others, in milliseconds. */
async function waitAmong(
  { shared, ...others }: { shared: boolean; lanes: number; minMs: number; maxMs: number },
  options: { shared: boolean },
): Promise<number[]> {
  await using directory = await tempDirectory();
  const path = join(directory.path, 'x');
  const remotes = await Remote.startMany(PROCESSES);
  const holding = remotes.map((remote) => remote.call('holdOn', path, { shared }, others));
  // until all of them take part
  await Promise.all(remotes.map((remote) => remote.call('hold', path, { shared }, 10)));

  const waits: number[] = [];
  for (let tries = 0; tries < TRIES; tries += 1) {
    const start = performance.now();
    await withLock(path, options, () => {
      waits.push(performance.now() - start);
    });
  }
  for (const remote of remotes) await remote.call('stopHolding');
  for (const holds of await Promise.all(holding)) expect(holds).toBeGreaterThan(0);
  await Promise.all(remotes.map((remote) => remote.end()));
  return waits;
}

function describe(waits: readonly number[]): string {
  const sorted = waits.toSorted((a, b) => a - b);
  const [median = 0, max = 0] = [sorted[sorted.length >> 1], sorted.at(-1)];
  return `median ${Math.round(median)} ms, max ${Math.round(max)} ms of ${waits.length}`;
}
