import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  announceSeed,
  createRandom,
  type Random,
  startTypeScript,
  tempDirectory,
} from '@tgstore/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { findOverlaps, type Hold, mostAtOnce, readHolds } from './support/process-holds.ts';

const HOLDS = Number(process.env.TGSTORE_HOLDS ?? 10_000);
const PROCESSES = 4;

test(
  `in ${HOLDS} holds, with processes killed and stopped, no exclusive one overlaps another`,
  async () => {
    const random = createRandom(announceSeed());
    await using directory = await tempDirectory();
    const start = performance.now();
    const lanes = Array.from({ length: PROCESSES }, (_, index) =>
      holdOften(directory.path, String(index), random),
    );
    const histories = await Promise.all(lanes);

    const holds = histories.flatMap((history) => history.holds);
    const killed = holds.filter((hold) => hold.killed);
    const stops = histories.reduce((sum, history) => sum + history.stops, 0);
    const seconds = (performance.now() - start) / 1000;
    const rate = `${holds.length} holds, ${Math.round(holds.length / seconds)} a second`;
    const ends = `${killed.length} ended by a kill, ${stops} stops`;
    process.stderr.write(`${rate}, ${mostAtOnce(holds)} at once at most; ${ends}\n`);
    expect(findOverlaps(holds)).toEqual([]);
    expect(holds.length).toBeGreaterThanOrEqual(HOLDS);
    // otherwise nothing was tested
    expect(mostAtOnce(holds)).toBeGreaterThan(1);
    expect(killed.length).toBeGreaterThan(0);
    expect(stops).toBeGreaterThan(0);
  },
  120_000 + HOLDS * 20,
);

test('the checker finds planted overlaps', () => {
  const hold = (kind: string, start: number, end: number): Hold => ({
    shared: kind === 'shared',
    start: BigInt(start),
    end: BigInt(end),
    by: `${kind} ${start}`,
    killed: false,
  });
  const sound = [
    hold('exclusive', 0, 10),
    hold('shared', 10, 40),
    hold('shared', 15, 20),
    hold('shared', 30, 50),
    hold('exclusive', 50, 51),
    hold('exclusive', 51, 60),
  ];
  const overlapsWith = (...planted: Hold[]) =>
    findOverlaps([...planted, ...sound]).map(([one, other]) => [one.by, other.by]);
  expect(overlapsWith()).toEqual([]);
  expect(overlapsWith(hold('exclusive', 9, 10))).toEqual([['exclusive 0', 'exclusive 9']]);
  expect(overlapsWith(hold('shared', 9, 12))).toEqual([['exclusive 0', 'shared 9']]);
  // within one that began long ago, though another ended since
  expect(overlapsWith(hold('exclusive', 25, 26))).toEqual([['shared 10', 'exclusive 25']]);
  expect(overlapsWith(hold('exclusive', 55, 56))).toEqual([['exclusive 51', 'exclusive 55']]);
  expect(overlapsWith(hold('shared', 45, 47))).toEqual([]);
});

test('the log of a killed process tells what it held until then', () => {
  const log = 'held shared 5\nheld exclusive 7\ndone shared 5 8\nheld sha';
  expect(readHolds(log, 'a', 20n)).toEqual([
    { shared: true, start: 5n, end: 8n, by: 'a', killed: false },
    { shared: false, start: 7n, end: 20n, by: 'a', killed: true },
  ]);
  expect(() => readHolds(log, 'a', undefined)).toThrow('a lost count');
});

/** A share of the holds, by one process after the other, each but the last of which is killed. */
async function holdOften(
  directory: string,
  name: string,
  random: Random,
): Promise<{ holds: Hold[]; stops: number }> {
  const holds: Hold[] = [];
  let stops = 0;
  for (let turn = 0; holds.length < HOLDS / PROCESSES; turn += 1) {
    const by = `${name}.${turn}`;
    const log = join(directory, `${by}.log`);
    // it may be killed before its first hold
    await writeFile(log, '');
    const share = Math.ceil(HOLDS / PROCESSES) - holds.length;
    const child = startTypeScript(new URL('support/process-history.ts', import.meta.url), {
      args: [join(directory, 'x'), log, String(share), String(random.int(0, 2 ** 31))],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'message');
    child.send('go');
    // half of the kills wait for a hold; the others fall where they fall, mostly while it asks for one
    const holdsNow = async (): Promise<boolean> =>
      readHolds(await readFile(log, 'utf8'), by, process.hrtime.bigint()).some(
        ({ killed }) => killed,
      );
    const life = await disturb(child, random, random.chance(0.5) ? holdsNow : undefined);
    stops += life.stops;
    holds.push(...readHolds(await readFile(log, 'utf8'), by, life.killedAt));
  }
  return { holds, stops };
}

/** Stops a process now and then until it ends or is killed, at an instant that `mayDie` accepts of the stopped process. */
async function disturb(
  child: ChildProcess,
  random: Random,
  mayDie: () => Promise<boolean> = async () => true,
): Promise<{ stops: number; killedAt: bigint | undefined }> {
  const ended = once(child, 'exit');
  const isLiving = (): boolean => child.exitCode === null && child.signalCode === null;
  const pause = async (ms: number) => await Promise.race([sleep(ms), ended]);
  let stops = 0;
  for (let lives = random.int(3, 10); isLiving(); lives -= 1) {
    await pause(lives < 0 ? random.next() * 5 : 50 + random.next() * 200);
    if (!isLiving()) break;
    if (lives <= 0) {
      child.kill('SIGSTOP');
      if (await mayDie()) {
        const killedAt = process.hrtime.bigint();
        child.kill('SIGKILL');
        await ended;
        return { stops, killedAt };
      }
    } else if (random.chance(0.3)) {
      stops += 1;
      child.kill('SIGSTOP');
      await pause(random.next() * 200);
    }
    // it may have stopped itself too, in the middle of a hold
    child.kill('SIGCONT');
  }
  await ended;
  expect(child.exitCode).toBe(0);
  return { stops, killedAt: undefined };
}
