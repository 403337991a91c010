import { setTimeout as delay } from 'node:timers/promises';
import { createRandom, tempDirectory } from '@tgstore/testkit';
import type { Outcome } from '../proof.ts';
import { checkStill } from '../stress/check-still.ts';
import { type Running, Stress } from '../stress/stress.ts';
import { type StressRun, tellFirst } from '../stress/stress-run.ts';
import { autopsy } from './autopsy.ts';

export interface KillsOptions extends StressRun {
  /** How many processes are killed. */
  readonly kills: number;
}

/** Each is always running in one process. */
const LANES = [
  'ingest',
  'ingest',
  'ingest',
  'import',
  'process',
  'process',
  'back-up',
  'restore',
  'mark',
  'read',
] as const;

/** After so many kills all are killed at once, and what they left is looked at in peace. */
const KILLS_A_ROUND = 25;
const MAX_LIFE_MS = 3000;

/** Kills the processes of the stress at random instants, and starts them again; stops after the first round with a violation. */
export async function killAgainAndAgain({
  seed,
  kills,
  plants,
  report = () => {},
}: KillsOptions): Promise<Outcome> {
  await using directory = await tempDirectory();
  using stress = await Stress.open({ seed, directory: directory.path, plants, slowDisk: true });
  const victims = new Victims(stress, seed, report);
  while (victims.counts.kills < kills && stress.violations.length === 0) {
    await victims.runRound(Math.min(kills, victims.counts.kills + KILLS_A_ROUND));
    const { takenBack } = await checkStill(stress);
    victims.counts.takenBack += takenBack;
    victims.counts.rounds += 1;
  }
  const { violations } = stress;
  const where = `seed ${seed}, after ${victims.counts.kills} kills`;
  return {
    tried: victims.counts.kills,
    unit: 'kills',
    violations: tellFirst(violations, where),
    seen: victims.describe(),
  };
}

class Victims {
  readonly counts = {
    kills: 0,
    rounds: 0,
    inChange: 0,
    heldLock: 0,
    undoRecord: 0,
    temporaryFile: 0,
    takenBack: 0,
  };
  readonly #stress: Stress;
  readonly #random;
  readonly #report: (progress: string) => void;
  #checking: Promise<void> = Promise.resolve();

  constructor(stress: Stress, seed: number, report: (progress: string) => void) {
    this.#stress = stress;
    this.#random = createRandom(seed);
    this.#report = report;
  }

  /** Ends with all processes killed at once. */
  async runRound(until: number): Promise<void> {
    const end = new AbortController();
    const lanes = LANES.map((program, index) => this.#runLane(program, index + 1, until, end));
    await Promise.all(lanes);
  }

  async #runLane(
    program: string,
    lane: number,
    until: number,
    end: AbortController,
  ): Promise<void> {
    while (!end.signal.aborted) {
      const running = await this.#stress.start(program, lane);
      // some die while they open the store
      if (this.#random.chance(0.9)) await running.ready;
      await this.#live(running, end.signal);
      this.counts.kills += 1;
      // the others of the round die with this one
      if (this.counts.kills >= until - LANES.length + 1) end.abort();
      await this.#stress.kill(running);
      this.#checking = this.#checking.then(() =>
        this.#examine(running.child.pid, !end.signal.aborted),
      );
      await this.#checking;
      if (this.#stress.violations.length > 0) end.abort();
    }
  }

  /** Until it is to be killed: at any time, or shortly after it has begun something. */
  async #live({ begun, exited }: Running, end: AbortSignal): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([end, over.signal]);
    const wait = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => {});
    const random = this.#random;
    const [life, count, rest] = [random.int(0, MAX_LIFE_MS), random.int(1, 15), random.int(0, 40)];
    const ends = [wait(life), exited];
    if (random.chance(0.4)) ends.push(begun(count).then(() => wait(rest)));
    await Promise.race(ends);
    over.abort();
  }

  async #examine(pid: number | undefined, isInUse: boolean): Promise<void> {
    const remains = await autopsy(this.#stress.path, pid);
    if (remains.heldLock) this.counts.heldLock += 1;
    if (remains.undoRecord) this.counts.undoRecord += 1;
    if (remains.temporaryFile) this.counts.temporaryFile += 1;
    if (this.#stress.catchUp() > 0) this.counts.inChange += 1;
    if (isInUse) await this.#stress.checkInUse();
    const { kills } = this.counts;
    this.#report(`${kills} kills, ${this.#stress.violations.length} violations`);
  }

  describe(): string {
    const { rounds, inChange, heldLock, undoRecord, temporaryFile, takenBack } = this.counts;
    const { begun, finished, cutOff, takenOver } = this.#stress.hands.counts;
    const told = (what: string): string => this.#stress.told(what);
    return [
      `${inChange} fell into a change`,
      `${heldLock} left a held lock`,
      `${undoRecord} an undo record`,
      `${temporaryFile} a temporary file`,
      `${cutOff} hand-overs cut off, ${takenOver} of them taken over under load`,
      `${takenBack} appends taken back by recovery`,
      `${rounds} times all at once`,
      `${told('changes')}, ${finished} of ${begun} hand-overs finished`,
      ['imports', 'marks', 'backups', 'restores', 'reads'].map(told).join(', '),
    ].join('; ');
  }
}
