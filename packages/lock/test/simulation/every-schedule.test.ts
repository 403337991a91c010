import { tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { type SearchOptions, type SearchResult, searchEverySchedule } from './every-schedule.ts';
import type { Turn } from './learned-process.ts';
import { mutants } from './planted/faults.ts';
import { loadMutant } from './planted/mutants.ts';
import { SimulatedTimers } from './simulated-timers.ts';
import { type Protocol, ticketProtocol } from './ticket-protocol.ts';

// TGSTORE_SEARCH=long searches further: 4 minutes, 1 GB
const isLong = process.env.TGSTORE_SEARCH === 'long';
const TIMEOUT_MS = 30 * 60_000;

type Bounds = Omit<SearchOptions, 'protocol' | 'timers'>;

const write: Turn = { key: 'a', shared: false };
const read: Turn = { key: 'a', shared: true };
const other: Turn = { key: 'b', shared: false };

// in each, one process more comes when the others are through, and must find and leave an empty queue
const searches: [string, Bounds][] = [
  [
    '2 writers from an empty disk, each may die, names that change may be listed or not',
    { processes: [[write], [write], [write, write]], crashes: 2, slowListings: true },
  ],
  [
    'the same with one death and one rename that is answered twice',
    {
      processes: [[write], [write], [write, write]],
      crashes: 1,
      renameFaults: 1,
      slowListings: true,
    },
  ],
  [
    '3 writers who had the lock before, two may die',
    {
      processes: [
        [write, write],
        [write, write],
        [write, write],
        [write, write],
      ],
      warmUp: true,
      crashes: 2,
    },
  ],
  [
    'a writer and 2 readers who had the lock before, one may die',
    {
      processes: [
        [write, write],
        [write, read],
        [write, read],
        [write, write],
      ],
      warmUp: true,
      crashes: 1,
    },
  ],
  [
    'a writer, a reader and the writer of another key who had locks before, one may die',
    {
      processes: [
        [write, write],
        [write, read],
        [write, other],
        [write, other, write],
      ],
      warmUp: true,
      crashes: 1,
    },
  ],
  [
    '3 writers from an empty disk, one may die, up to 2 interruptions of who could go on',
    {
      processes: [[write], [write], [write], [write, write]],
      crashes: 1,
      interruptions: 2,
    },
  ],
];

const longSearches: [string, Bounds][] = [
  [
    '3 writers from an empty disk, one may die',
    { processes: [[write], [write], [write], [write, write]], crashes: 1 },
  ],
  [
    '3 writers who had the lock before, one may die, one rename is answered twice',
    {
      processes: [
        [write, write],
        [write, write],
        [write, write],
        [write, write],
      ],
      warmUp: true,
      crashes: 1,
      renameFaults: 1,
    },
  ],
  [
    '3 writers who had the lock before, one may die, names that change may be listed or not',
    {
      processes: [
        [write, write],
        [write, write],
        [write, write],
        [write, write],
      ],
      warmUp: true,
      crashes: 1,
      slowListings: true,
    },
  ],
];

describe('in every schedule there is no violation', () => {
  test.for<[string, Bounds]>(isLong ? [...searches, ...longSearches] : searches)(
    '%s',
    { timeout: TIMEOUT_MS },
    async ([what, bounds]) => {
      const result = await search(what, ticketProtocol(), bounds);
      expect([result.violation, ...result.trace]).toEqual([undefined]);
      expect(result.isComplete).toBe(true);
    },
  );
});

describe('a planted fault is found by the search', () => {
  const within = { processes: [[write], [write], [write, write]], crashes: 1, slowListings: true };
  test.for<[string, Partial<SearchOptions>]>([
    ['the sweep looks at the tail before it has proved anybody dead', { mergesPasts: false }],
    ['the sweep removes the spent ticket that the tail names', { mergesPasts: false }],
    ['a ticket is written after it was drawn', { mergesPasts: false }],
    ['a ticket is spent by removing it', { mergesPasts: false }],
    ['the directory is there before its tail', { mergesPasts: false }],
    ['nobody looks whether the one he waits for is dead', {}],
    [
      'the answer to a rename decides whether a ticket was drawn',
      { mergesPasts: false, renameFaults: 1 },
    ],
  ])('%s', async ([what, options]) => {
    await using temporary = await tempDirectory();
    const fault = mutants.find((mutant) => mutant.what === what);
    const modules = await loadMutant(temporary.path, fault?.mutations ?? []);
    const result = await search(what, ticketProtocol(modules), { ...within, ...options });
    expect(result.violation).toBeDefined();
  });
});

test('no schedule is lost where pasts of processes are taken for one', async () => {
  const bounds = { processes: [[write], [read], [write, write]], crashes: 1, slowListings: true };
  const merged = await search('merged', ticketProtocol(), bounds);
  const told = await search('told apart', ticketProtocol(), { ...bounds, mergesPasts: false });
  expect(merged.schedules).toBe(told.schedules);
  expect(merged.pasts).toBeLessThan(told.pasts);
});

async function search(what: string, protocol: Protocol, bounds: Bounds): Promise<SearchResult> {
  using timers = new SimulatedTimers();
  const started = performance.now();
  const result = await searchEverySchedule({ ...bounds, protocol, timers });
  const { states, steps, schedules, pasts, compared, violation } = result;
  process.stderr.write(
    `${what}: ${states} states, ${steps} steps for ${schedules.toPrecision(3)} schedules; ` +
      `${pasts} pasts of processes were run, ${compared} of their steps twice to compare; ` +
      `${Math.round(performance.now() - started)} ms${violation ? `; ${violation}` : ''}\n`,
  );
  return result;
}
