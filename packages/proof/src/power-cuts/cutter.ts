import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '@tgstore/testkit';
import { type CutCounts, emptyCounts } from './counts.ts';
import { type DiskKind, LoopDisk } from './loop-disk.ts';
import { describePlan, drawPlan, type Plan } from './plan.ts';
import type { Planted } from './planted.ts';
import type { Inspected } from './protocol.ts';
import { RunRecord } from './run-record.ts';
import { digest, SHARED, type Texts } from './steps.ts';
import { untold } from './untold.ts';
import { openWorkbench, type Workbench } from './workbench.ts';
import { WorkerProcess } from './worker-process.ts';

export interface CutOptions {
  readonly kind: DiskKind;
  readonly seed: number;
  readonly cuts: number;
  readonly planted?: Planted | undefined;
  /** Ends with the first cut that shows a violation. @default false */
  readonly untilFound?: boolean | undefined;
  readonly report?: ((progress: string) => void) | undefined;
}

/** Cuts the power of a disk again and again while a store on it is changed, and looks each time what is left. */
export async function cutDisk(options: CutOptions): Promise<CutCounts> {
  await using bench = await openWorkbench();
  await using cutter = new Cutter(options, bench);
  const { counts } = cutter;
  while (counts.cuts < options.cuts) {
    await cutter.cut();
    if (options.untilFound && counts.violations.length > 0) break;
  }
  await cutter.retire();
  return counts;
}

const IDS = ['1', 'B', '-100', '4'];
const CUTS_PER_DISK = 25;
const NOTHING = { states: {}, revisions: {} } satisfies Partial<Inspected>;

class Cutter implements AsyncDisposable {
  readonly counts = emptyCounts();
  readonly #options: CutOptions;
  readonly #bench: Workbench;
  readonly #random: Random;
  /** The last round of each lane. */
  readonly #rounds = IDS.map(() => 0);
  #plan: Plan;
  #workers: WorkerProcess[];
  #disk: LoopDisk | undefined;
  #boot = randomUUID();
  /** What the store was right before the run. */
  #before: Pick<Inspected, 'states' | 'revisions'> = NOTHING;

  constructor(options: CutOptions, bench: Workbench) {
    this.#options = options;
    this.#bench = bench;
    this.#random = createRandom(options.seed);
    this.#plan = drawPlan(this.#random);
    this.#workers = this.#start();
  }

  async cut(): Promise<void> {
    const { kind, cuts, report } = this.#options;
    this.#disk ??= await LoopDisk.make(kind, this.#bench);
    this.counts.cuts += 1;
    const run = await this.#runUntilCut(this.#disk);
    const where = this.#where;
    this.#plan = drawPlan(this.#random);
    this.#workers = this.#start();
    this.#boot = randomUUID();
    const problems = await this.#look(this.#disk, run).catch((error) => [String(error)]);
    this.counts.violations.push(...problems.map((problem) => `${where}: ${problem}`));
    if (problems.length > 0 || this.counts.cuts % CUTS_PER_DISK === 0) await this.retire();
    report?.(`${this.counts.cuts} of ${cuts} cuts, ${this.counts.violations.length} violations`);
  }

  /** The check of the file system itself looks through the disk, and the next cut is one of a new disk. */
  async retire(): Promise<void> {
    const [disk, where] = [this.#disk, this.#where];
    this.#disk = undefined;
    this.#before = NOTHING;
    // they have it open
    await this[Symbol.asyncDispose]();
    this.#workers = this.#start();
    const found = await disk?.retire();
    if (found) this.counts.violations.push(`${where}: the file system is damaged: ${found}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
  }

  async #runUntilCut(disk: LoopDisk): Promise<RunRecord> {
    const { seed, planted } = this.#options;
    const { processes, stop, afterMs } = this.#plan;
    const lanes = IDS.map((id, lane) => ({ lane, id, firstRound: (this.#rounds[lane] ?? 0) + 1 }));
    const run = new RunRecord(lanes, this.#before.states);
    const heard = new EventTarget();
    const [begun, stopped] = [once(heard, 'begin'), once(heard, 'stopped')];
    const begins = this.#workers.map(async (worker, index) => {
      const work = {
        ...this.#place(disk),
        seed: seed + this.counts.cuts,
        lanes: lanes.filter(({ lane }) => lane % processes === index),
        stop: index === 0 ? stop : undefined,
        planted,
      };
      await worker.begin(work, (said) => {
        run.hear(said);
        heard.dispatchEvent(new Event(said.type));
      });
    });
    await Promise.all(begins);
    await Promise.race([begun, stopped]);
    // where it never comes to the stop, the power goes nevertheless
    await Promise.race([stopped, sleep(stop ? PATIENCE_MS : afterMs)]);
    run.cut({ isCopied: disk.isCopied });
    await disk.cut();
    await this[Symbol.asyncDispose]();
    for (const { lane, record } of run.lanes) {
      this.#rounds[lane] = record.lastRound ?? this.#rounds[lane] ?? 0;
    }
    return run;
  }

  /** Everything that is not as it must be. */
  async #look(disk: LoopDisk, run: RunRecord): Promise<readonly string[]> {
    await disk.replay();
    const [worker] = this.#workers as [WorkerProcess];
    const inspect = { ...this.#place(disk), since: this.#before.revisions, backups: run.backups };
    const found = await worker.inspect({ type: 'inspect', inspect });
    this.#count(run, found);
    const problems = [
      ...found.problems,
      ...run.problems(found.states),
      ...untold(this.#before.states, found),
    ];
    return problems.length > 0 ? problems : await this.#goOn(worker, disk, found);
  }

  /** The next change works. */
  async #goOn(worker: WorkerProcess, disk: LoopDisk, found: Inspected): Promise<readonly string[]> {
    const added = Object.fromEntries(Object.keys(found.states).map((id) => [id, this.#next(id)]));
    const goOn = { ...this.#place(disk), added };
    const now = await worker.inspect({ type: 'go-on', goOn });
    this.#before = now;
    const wrong = Object.entries(found.states).filter(
      ([id, { texts }]) => !isSame(now.states[id]?.texts, { ...texts, ...added[id] }),
    );
    return [
      ...now.problems,
      ...wrong.map(([id]) => `${id} is not what the next change makes of it`),
    ];
  }

  /** A message that no lane adds, behind all of its own lane. */
  #next(id: string): Texts {
    const lane = IDS.indexOf(id);
    const round = (this.#rounds[lane] ?? 0) + 1;
    if (id !== SHARED) this.#rounds[lane] = round;
    const key = id === SHARED ? 900_000_000 + this.counts.cuts : 1_000_000 + 10 * round;
    return { [key]: `after cut ${this.counts.cuts}` };
  }

  #count(run: RunRecord, { states, rolledBack }: Inspected): void {
    const { counts } = this;
    const endings = run.endings(states);
    for (const ending of endings) counts.endings[ending] += 1;
    if (endings.length > 0) counts.intoStep += 1;
    counts.rolledBack += rolledBack;
    counts.backups += run.backups.length;
    for (const { record } of run.lanes) counts.acknowledged += record.acknowledged;
  }

  #place(disk: LoopDisk): { readonly storageDir: string; readonly boot: string } {
    return { storageDir: join(disk.path, 'chats'), boot: this.#boot };
  }

  #start(): WorkerProcess[] {
    return Array.from({ length: this.#plan.processes }, () => new WorkerProcess(this.#bench));
  }

  get #where(): string {
    return `seed ${this.#options.seed}, cut ${this.counts.cuts} (${describePlan(this.#plan)})`;
  }
}

const PATIENCE_MS = 2000;

function isSame(texts: Texts | undefined, expected: Texts): boolean {
  return texts !== undefined && digest(texts) === digest(expected);
}
