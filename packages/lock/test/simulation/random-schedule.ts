import { createRandom, type Random } from '@tgstore/testkit';
import { type Call, type Choose, describeCall, type Outcome } from './call.ts';
import { type Holder, Referee } from './referee.ts';
import { DEADLINE_MS, drawTasks, KEYS, PLAIN_ROUND, type Round, runTasks } from './rounds.ts';
import { SimulatedMachine } from './simulated-machine.ts';
import { type Pending, SimulatedProcess } from './simulated-process.ts';
import type { SimulatedTimers } from './simulated-timers.ts';
import { drawTemper, type Temper } from './temper.ts';
import { type Protocol, QUEUE, type Surroundings } from './ticket-protocol.ts';

export interface ScheduleOptions {
  readonly seed: number;
  readonly protocol: Protocol;
  readonly timers: SimulatedTimers;
  /** Keeps what happened; costs time. @default false */
  readonly trace?: boolean | undefined;
  /** Which calls may go wrong. @default 'renames' */
  readonly faults?: 'none' | 'renames' | 'all' | undefined;
  /** Whether it must leave an empty queue. @default true */
  readonly leavesQueue?: boolean | undefined;
}

/** What one schedule came to. */
export interface ScheduleResult {
  readonly violation: string | undefined;
  readonly steps: number;
  readonly grants: number;
  readonly crashes: number;
  readonly stalls: number;
  readonly faults: number;
  readonly gaveUp: number;
  readonly trace: readonly string[];
}

/** Runs one random schedule to its end, or to the first thing that must not be. */
export async function runRandomSchedule(options: ScheduleOptions): Promise<ScheduleResult> {
  return await new RandomSchedule(options).run();
}

class RandomSchedule {
  readonly #options: ScheduleOptions;
  readonly #random: Random;
  readonly #machine = new SimulatedMachine();
  readonly #referee = new Referee();
  readonly #processes: SimulatedProcess[] = [];
  readonly #stalledUntil = new Map<SimulatedProcess, number>();
  readonly #temper: Temper;
  readonly #surroundings: Surroundings;
  readonly #trace: string[] = [];
  #last: SimulatedProcess | undefined;
  #violation: string | undefined;
  #steps = 0;
  #isCalm = false;
  readonly #counts = { grants: 0, crashes: 0, stalls: 0, faults: 0, gaveUp: 0 };

  constructor(options: ScheduleOptions) {
    this.#options = options;
    const random = createRandom(options.seed);
    this.#random = random;
    this.#temper = drawTemper(random);
    const skews = Array.from({ length: 16 }, () => random.int(-5, 5) * random.int(0, 1000));
    this.#surroundings = {
      isThere: (path) => this.#machine.disk.has(path),
      slowListings: random.chance(0.5),
      watches: random.chance(0.5),
      now: (pid) => 1_000_000 + Math.floor(this.#steps / 100) + (skews[pid % 16] ?? 0),
    };
  }

  async run(): Promise<ScheduleResult> {
    for (let count = this.#random.int(2, 4); count > 0; count -= 1) await this.#startProcess();
    while (this.#goesOn() && this.#steps < MAX_WILD_STEPS) await this.#stepWildly();
    this.#isCalm = true;
    await this.#finish();
    if (this.#options.leavesQueue ?? true) await this.#lookForLeftovers();
    const { seed } = this.#options;
    const violation = this.#violation && `${this.#violation} (step ${this.#steps}, seed ${seed})`;
    return { violation, steps: this.#steps, ...this.#counts, trace: this.#trace };
  }

  /** Everybody who lives comes to his end, if only he is let. */
  async #finish(): Promise<void> {
    const limit = this.#steps + MAX_CALM_STEPS;
    for (let turn = 0; this.#goesOn(); turn += 1) {
      const process = this.#processes[turn % this.#processes.length];
      const pending = process?.pending.find(isNoDeadline);
      if (process && pending) await this.#step(process, pending);
      const isStuck = this.#steps > limit || !this.#processes.some(({ pending }) => pending[0]);
      if (isStuck && this.#goesOn()) this.#violation ??= 'wedged: somebody never comes to his end';
    }
  }

  /** After one more process took and gave back every lock, only its last ticket is left. */
  async #lookForLeftovers(): Promise<void> {
    if (this.#violation) return;
    const rounds = [...KEYS, ...KEYS].map((key) => ({ ...PLAIN_ROUND, key }));
    await this.#startProcess([rounds]);
    await this.#finish();
    const kinds = this.#machine.disk.namesIn(QUEUE).map((name) => name.split('.')[0]);
    if (kinds.join(' ') !== 'spent tail') this.#violation ??= `left in the queue: ${kinds}`;
  }

  #goesOn(): boolean {
    if (this.#violation) return false;
    return this.#processes.some(
      ({ isCrashed, isDone, pending }) => !isCrashed && !(isDone && pending.length === 0),
    );
  }

  async #stepWildly(): Promise<void> {
    const random = this.#random;
    const { crash, stall } = this.#temper;
    const process = this.#pickProcess();
    if (!process) return;
    if (this.#counts.crashes < MAX_CRASHES && random.chance(crash)) {
      await this.#crash(process);
      return;
    }
    if (random.chance(stall)) {
      this.#counts.stalls += 1;
      this.#stalledUntil.set(process, this.#steps + random.int(10, 400));
      return;
    }
    const deadline = process.pending.find((pending) => !isNoDeadline(pending));
    const isOver = deadline !== undefined && random.chance(this.#temper.deadline);
    const pending = isOver ? deadline : random.pick(process.pending.filter(isNoDeadline));
    await this.#step(process, pending);
  }

  #pickProcess(): SimulatedProcess | undefined {
    const ready = this.#processes.filter(({ pending }) => pending.some(isNoDeadline));
    const awake = ready.filter((process) => (this.#stalledUntil.get(process) ?? 0) <= this.#steps);
    const last = this.#last;
    if (last && awake.includes(last) && this.#random.chance(this.#temper.stay)) return last;
    const candidates = awake.length > 0 ? awake : ready;
    this.#last = candidates.length > 0 ? this.#random.pick(candidates) : undefined;
    return this.#last;
  }

  async #crash(process: SimulatedProcess): Promise<void> {
    this.#counts.crashes += 1;
    process.crash();
    this.#machine.dead.add(process.pid);
    if (this.#options.trace) this.#trace.push(`${process.pid} CRASHES`);
    if (this.#random.chance(0.8)) await this.#startProcess();
  }

  async #startProcess(
    tasks: readonly (readonly Round[])[] = drawTasks(this.#random, this.#temper),
  ): Promise<void> {
    const process = new SimulatedProcess(this.#processes.length + 1, this.#options.timers);
    this.#processes.push(process);
    const locker = this.#options.protocol(process, this.#surroundings);
    await process.begin(() => runTasks(process, locker, tasks, this.#counts));
  }

  async #step(process: SimulatedProcess, pending: Pending): Promise<void> {
    this.#steps += 1;
    const { call } = pending;
    const outcome = this.#answer(process, call);
    if (this.#options.trace) {
      this.#trace.push(`${process.pid} ${describeCall(call, outcome)}`);
    }
    if (this.#machine.disk.changes.length > 0) this.#judgeChanges(process);
    const { pending: before } = process;
    await process.settle(pending, outcome);
    for (const other of process.pending) {
      if (other.call.name !== 'hold' || before.includes(other)) continue;
      const granted = { pid: process.pid, hold: other.call };
      this.#violation ??= this.#referee.judgeGrant(granted, this.#holders());
    }
    this.#violation ??= process.complaint;
  }

  #judgeChanges(process: SimulatedProcess): void {
    const wrong = this.#referee.judgeChanges(process.pid, this.#machine, this.#holders());
    this.#violation ??= wrong;
    if (this.#surroundings.watches) this.#notifyWatchers();
  }

  #answer(process: SimulatedProcess, call: Call): Outcome {
    const random = this.#random;
    const choose: Choose = (count) => random.int(0, count - 1);
    const { faults = 'renames' } = this.#options;
    const isFault = !this.#isCalm && faults !== 'none' && random.chance(this.#temper.fault);
    if (isFault) {
      if (call.name === 'rename') {
        this.#counts.faults += 1;
        return this.#machine.answer(process.pid, call, choose, random.pick(this.#temper.faults));
      }
      if (faults === 'all' && DISK_CALLS.includes(call.name)) {
        this.#counts.faults += 1;
        this.#machine.disk.changes = [];
        return { code: 'EIO' };
      }
    }
    return this.#machine.answer(process.pid, call, choose);
  }

  #holders(): Holder[] {
    const holders: Holder[] = [];
    for (const { pid, pending } of this.#processes) {
      for (const { call } of pending) if (call.name === 'hold') holders.push({ pid, hold: call });
    }
    return holders;
  }

  #notifyWatchers(): void {
    for (const change of this.#machine.disk.changes) {
      for (const process of this.#processes) {
        // the system may lose what it should tell
        if (this.#random.chance(0.8)) process.notice(change.path);
      }
    }
  }
}

function isNoDeadline({ call }: Pending): boolean {
  return call.name !== 'timer' || call.ms !== DEADLINE_MS;
}

const MAX_CRASHES = 4;
const MAX_WILD_STEPS = 2000;
const MAX_CALM_STEPS = 20_000;
const DISK_CALLS: readonly Call['name'][] = [
  'list',
  'openListing',
  'readListing',
  'read',
  'create',
  'exists',
  'unlink',
];
