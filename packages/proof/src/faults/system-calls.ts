import { join } from 'node:path';
import { createRandom, type Random } from '@tgstore/testkit';
import { type CheckOptions, type Outcome, scaled } from '../proof.ts';
import { errnosOf } from './errnos.ts';
import { runLanes } from './lanes.ts';
import { operationOf, operations } from './operations.ts';
import { type Injection, type SystemCall, traceThread } from './strace.ts';
import { isUnsynced } from './unsynced.ts';
import type { Begun, Ran } from './worker.ts';
import { type WorkerOptions, WorkerProcess } from './worker-process.ts';

export interface SweepOptions extends CheckOptions, WorkerOptions {
  /** @default all */
  readonly only?: readonly string[] | undefined;
  /** System calls by their lines in the log of strace. @default all */
  readonly calls?: RegExp | undefined;
  /** Ends with the first violation that it fits. @default never */
  readonly until?: RegExp | undefined;
}

type Thread = 'main' | 'pool';

interface Fault extends Injection {
  readonly thread: Thread;
}

/** Fails the system calls that operations make on their files, each in turn, with each error it may have. */
export async function failSystemCalls(options: SweepOptions): Promise<Outcome> {
  const names = operations
    .map(({ name }) => name)
    .filter((name) => options.only?.includes(name) ?? true);
  const sum = { faults: 0, met: 0, failed: 0, calls: 0, of: 0 };
  const violations: string[] = [];
  await runLanes(names, async (name, index) => {
    await using worker = await WorkerProcess.start(options);
    // the first time it is run, modules are loaded
    await record(worker, name);
    const calls = await record(worker, name);
    const all = faultsIn(calls, options.calls);
    sum.calls += calls.main.length + calls.pool.length;
    sum.of += all.length;
    const chosen = choose(all, options.scale, createRandom(options.seed + index));
    for (const fault of chosen) {
      if (isFound(violations, options)) return;
      sum.faults += 1;
      options.report(`${name}, ${sum.faults} faults, ${violations.length} violations`);
      const { call, ran, wrong } = await tryFault(worker, name, fault);
      if (call) sum.met += 1;
      if (ran && !ran.hasSucceeded) sum.failed += 1;
      const what = `${name}, ${fault.errno} at ${fault.thread} ${fault.name} ${fault.number}`;
      for (const one of wrong)
        violations.push(`${what} (${call?.text.trim() ?? 'not met'}): ${one}`);
    }
  });
  const seen = `of ${sum.of} of ${sum.calls} calls; ${sum.met} met one, ${sum.failed} made the operation fail`;
  return { tried: sum.faults, unit: 'faults', violations, seen };
}

type Calls = Readonly<Record<Thread, readonly SystemCall[]>>;

/** The calls of one run of an operation, those on its files alone. */
async function record(worker: WorkerProcess, operation: string): Promise<Calls> {
  const { root, threads } = await worker.ask<Begun>({ do: 'begin', operation });
  const detach = {
    main: await traceThread(threads.main, join(worker.directory, 'main.log')),
    pool: await traceThread(threads.pool, join(worker.directory, 'pool.log')),
  };
  await worker.ask<Ran>({ do: 'run' });
  const [main, pool] = [await detach.main(), await detach.pool()];
  await worker.ask({ do: 'judge', isClosing: false, mayLeave: false });
  const own = (calls: readonly SystemCall[]) =>
    calls.filter(({ name, text }) => text.includes(root) && name !== WAKE_UP);
  return { main: own(main), pool: own(pool) };
}

function faultsIn(calls: Calls, wanted = /^/): Fault[] {
  const of = (thread: Thread): Fault[] =>
    calls[thread]
      .filter(({ text }) => wanted.test(text))
      .flatMap(({ name, number }) =>
        errnosOf(name).map((errno) => ({ thread, name, number, errno })),
      );
  return [...of('pool'), ...of('main')];
}

/**
 * By it the threads of Node wake one another, too, so that the n-th is another each time, and Node dies where it fails. The store
 * writes at positions, by another call; only the tickets of locks are written so.
 */
const WAKE_UP = 'write';

/** Whether what was looked for is among them. */
export function isFound(violations: readonly string[], { until }: SweepOptions): boolean {
  return until !== undefined && violations.some((one) => until.test(one));
}

/** A part of them, at least one of each error; of a very small scale of two. */
function choose(faults: readonly Fault[], scale: number, random: Random): Fault[] {
  if (scale >= 1) return [...faults];
  const left = faults
    .map((fault) => ({ fault, rank: random.next() }))
    .sort((a, b) => a.rank - b.rank);
  const first = new Map(left.map(({ fault }) => [fault.errno, fault]));
  const others = left.map(({ fault }) => fault).filter((fault) => first.get(fault.errno) !== fault);
  const more = Math.max(0, scaled(faults.length, scale) - first.size);
  const each = scale < 0.005 ? [...first.values()].slice(0, 2) : first.values();
  return [...each, ...others.slice(0, more)];
}

interface Tried {
  /** The call that failed, where it came to it. */
  readonly call: SystemCall | undefined;
  readonly ran?: Ran;
  readonly wrong: readonly string[];
}

async function tryFault(worker: WorkerProcess, operation: string, fault: Fault): Promise<Tried> {
  let calls: readonly SystemCall[] = [];
  const failed = () => calls.find(({ wasMadeToFail }) => wasMadeToFail);
  try {
    const { threads } = await worker.ask<Begun>({ do: 'begin', operation });
    const log = join(worker.directory, 'fault.log');
    const detach = await traceThread(threads[fault.thread], log, fault);
    let ran: Ran;
    try {
      ran = await worker.ask<Ran>({ do: 'run' });
    } finally {
      calls = await detach();
    }
    const wrong = await worker.ask<string[]>({
      do: 'judge',
      isClosing: fault.name === 'close',
      mayLeave: ['unlink', 'rmdir', 'close'].includes(fault.name),
    });
    const isNote = operationOf(operation).doesWithout?.includes(fault.errno);
    if (ran.hasSucceeded && !isNote && isUnsynced(calls))
      wrong.push('it claims success after a failed sync');
    return { call: failed(), ran, wrong };
  } catch (error) {
    return { call: failed(), wrong: [String((error as Error).message)] };
  }
}
