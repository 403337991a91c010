import { watch } from 'node:fs';
import { systemError } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { takeTurn } from '../src/acquire.ts';
import type { LockFileSystem } from '../src/file-system.ts';
import { giveBack } from '../src/give-back.ts';
import { inspectLocks } from '../src/index.ts';
import { LockDirectory } from '../src/lock-directory.ts';
import { type DiskCall, disk } from './support/disk.ts';
import { ticketsIn } from './support/files.ts';
import { heldByAnother, type LockPlace, lockPlace } from './support/lock-place.ts';
import { leftOvers, prepare, type Scene, takeAndGiveBack, unsynced } from './support/scenarios.ts';
import { outcomeOf, until, untilQueued } from './support/until.ts';

vi.mock('node:fs', { spy: true });

// Each call that reaches the disk fails in turn: in place of what it does, or after that. An unhandled rejection fails the
// run.

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS'];
/** So many at a time: some of them wait for a second until something is tried again. */
const LANES = 20;

type Moment = 'before' | 'after';

/** What a process does while a call of it fails. */
const WORK: [title: string, scene: Scene, work: Work][] = [
  ['the first lock in a directory', 'nothing', takeAndRelease],
  ['a lock of the dead', 'what the dead left', takeAndRelease],
  ['a lock that somebody else gives back', 'a used directory', waitAndRelease],
];
type Work = (place: LockPlace, fileSystem: LockFileSystem) => Promise<void>;

async function takeAndRelease(place: LockPlace, fileSystem: LockFileSystem): Promise<void> {
  await takeAndGiveBack(place.locks, place.file, { fileSystem });
}

async function waitAndRelease(place: LockPlace, fileSystem: LockFileSystem): Promise<void> {
  const held = await heldByAnother(place, { fileSystem: unsynced });
  const outcome = outcomeOf(takeAndRelease(place, fileSystem));
  await until(async () => outcome() !== undefined || (await isQueued(place, 2)));
  await held.release();
  await until(() => outcome() !== undefined);
  const end = outcome();
  if (end && 'error' in end) throw end.error;
}

async function isQueued({ locks }: LockPlace, count: number): Promise<boolean> {
  return (await inspectLocks(locks)).length === count;
}

test.each(WORK)(
  '%s may fail once at any call: nothing is wedged or left',
  async (_, scene, work) => {
    const { calls } = await run(scene, work, () => {});
    expect(calls.length).toBeGreaterThan(10);
    const faults = CODES.flatMap((code) =>
      calls.flatMap((call, index): Fault[] => {
        const fault = { code, at: index + 1 };
        if (call.name === 'watch') return [];
        // what only looks has no effect that could be there in spite of the error
        if (isLook(call)) return [{ ...fault, moment: 'before' }];
        return [
          { ...fault, moment: 'before' },
          { ...fault, moment: 'after' },
        ];
      }),
    );
    const lane = async (): Promise<void> => {
      for (let fault = faults.pop(); fault; fault = faults.pop()) await fail(scene, work, fault);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  },
);

interface Fault {
  readonly code: string;
  readonly at: number;
  readonly moment: Moment;
}

async function fail(scene: Scene, work: Work, { code, at, moment }: Fault): Promise<void> {
  const { calls, error, left } = await run(scene, work, (call, now) => {
    if (call.count === at && now === moment) throw systemError(code, call.name);
  });
  const texts = calls.map(({ text }) => text);
  const where = `${code} ${moment} call ${at} of ${texts.join(', ')}: ${error}`;
  expect(left, where).toEqual([]);
  if (error === undefined || texts[at - 1]?.includes('.new')) return;
  const codes = ['EACCES', 'EROFS'].includes(code) ? [code, 'LOCK_NOT_WRITABLE'] : [code];
  expect(codes, where).toContain((error as { code?: string }).code);
}

interface Run {
  readonly calls: readonly DiskCall[];
  readonly error: unknown;
  /** What is left when others have used the same lock after that. */
  readonly left: readonly string[];
}

/** Does the work while something happens at each call. */
async function run(
  scene: Scene,
  work: Work,
  happen: (call: DiskCall, moment: Moment) => void,
): Promise<Run> {
  await using place = await lockPlace();
  await prepare(place, scene);
  const calls: DiskCall[] = [];
  const before = (call: DiskCall): void => {
    calls.push(call);
    happen(call, 'before');
  };
  const after = (call: DiskCall): void => happen(call, 'after');
  const error = await work(place, disk({ before, after }, unsynced)).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  // another process; what could not be given back is asked for again every second
  await takeAndGiveBack(place.locks, place.file, { timeoutMs: 30_000, times: 1 });
  const tickets = await ticketsIn(place.locks);
  // and one that sweeps
  await takeAndGiveBack(place.locks, place.file, { times: 1 });
  const others = (await leftOvers(place.locks)).filter((name) => !/\.new(\/|$)/.test(name));
  return { calls, error, left: [...tickets, ...others] };
}

function isLook({ name }: DiskCall): boolean {
  return ['list', 'read', 'exists', 'existsNow', 'watch', 'sync'].includes(name);
}

test('a disk that fails for a while, from any call on, leaves nothing wedged', async () => {
  await failFromAny('before');
});

test('a disk that fails for a while, from the effect of any call on, leaves nothing wedged', async () => {
  await failFromAny('after');
});

async function failFromAny(moment: Moment): Promise<void> {
  const { calls } = await run('what the dead left', takeAndRelease, () => {});
  const points = calls.map((_, index) => index + 1);
  const lane = async (): Promise<void> => {
    for (let at = points.pop(); at !== undefined; at = points.pop()) await failFrom(at, moment);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function failFrom(at: number, moment: Moment): Promise<void> {
  await using place = await lockPlace();
  await prepare(place, 'what the dead left');
  let isOver = false;
  const fail = (call: DiskCall, now: Moment): void => {
    if (isOver || call.name === 'watch' || call.count < at) return;
    if (call.count === at ? now === moment : now === 'before') throw systemError('EIO');
  };
  const fileSystem = disk(
    { before: (call) => fail(call, 'before'), after: (call) => fail(call, 'after') },
    unsynced,
  );
  const error = await takeAndRelease(place, fileSystem).catch((reason: unknown) => reason);
  isOver = true;
  if (error !== undefined) expect(error, `from call ${at}`).toMatchObject({ code: 'EIO' });
  await takeAndGiveBack(place.locks, place.file, { timeoutMs: 5000, times: 1 });
}

describe('while the system tells of no changes', () => {
  const DEAF: [title: string, watch: () => ReturnType<typeof watch>][] = [
    [
      'since there are too many watches',
      () => {
        throw systemError('ENOSPC', 'watch');
      },
    ],
    [
      'since it can not watch at all',
      () => {
        throw systemError('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'watch');
      },
    ],
    [
      'since all of them are lost',
      () => ({ on: () => {}, close: () => {} }) as unknown as ReturnType<typeof watch>,
    ],
  ];

  test.each(DEAF)('%s, who waits gets in all the same', async (_, instead) => {
    vi.mocked(watch).mockImplementation(instead);
    onTestFinished(() => void vi.mocked(watch).mockReset());
    await using place = await lockPlace();
    const held = await heldByAnother(place);
    const waiting = [1, 2].map(() =>
      takeTurn(new LockDirectory(place.locks), place.file, { shared: true }),
    );
    await untilQueued(place.locks, 3);
    await held.release();
    for (const { queue, ticket } of await Promise.all(waiting)) await giveBack(queue, ticket.id);
    expect(watch).toHaveBeenCalled();
  });
});
