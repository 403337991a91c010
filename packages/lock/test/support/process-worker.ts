// A process that takes and gives back locks as it is told over IPC; see process-remote.ts.

import { Worker } from 'node:worker_threads';
import { typeScriptFlags } from '@tgstore/testkit';
import {
  type AcquireOptions,
  describeSelf,
  FileSystemLock,
  inspectLocks,
  isProvedDead,
  LockError,
  type LockInfo,
  type ProcessToken,
  type TokenOptions,
  type TryAcquireOptions,
  withLock,
} from '../../src/index.ts';

export interface Span {
  /** By `process.hrtime.bigint()`, one clock for all processes of a Linux machine, in nanoseconds. */
  readonly start: string;
  readonly end: string;
}

/** What a thread of this process is to do; see process-thread.ts. */
export type ThreadTask =
  | { readonly task: 'hold'; readonly path: string; readonly ending: 'wait' | 'exit' | 'throw' }
  | { readonly task: 'count'; readonly path: string; readonly share: number };

/** What threads counted together. */
export interface ThreadCount {
  readonly count: number;
  /** How often one found another one inside. */
  readonly collisions: number;
}

/** How an acquisition that was aborted ended. */
export interface AbortedWait {
  /** `its reason` of the signal, or what else it was. */
  readonly rejectedWith: string;
  readonly afterMs: number;
}

type Options<T> = Omit<T, 'signal' | 'onWait'>;

let lastHandle = 0;
const locks = new Map<number, FileSystemLock>();
const waits = new Map<number, (abort: Error) => Promise<AbortedWait>>();
const threads = new Map<number, { readonly worker: Worker; readonly ended: Promise<string> }>();
let isHoldingOn = false;

export const commands = {
  async acquire(path: string, options: Options<AcquireOptions> = {}): Promise<number> {
    return keep(await FileSystemLock.acquire(path, options));
  },

  async tryAcquire(path: string, options: TryAcquireOptions = {}): Promise<number | null> {
    const lock = await FileSystemLock.tryAcquire(path, options);
    return lock ? keep(lock) : null;
  },

  async release(handle: number): Promise<void> {
    await lockOf(handle).release();
  },

  async assertHeld(handle: number): Promise<void> {
    lockOf(handle).assertHeld();
  },

  /** Begins to watch for the loss of a lock; whether it is lost already. */
  async isAborted(handle: number): Promise<boolean> {
    return lockOf(handle).signal.aborted;
  },

  /** Resolves to the code of the reason once the signal of a lock is aborted. */
  async untilAborted(handle: number): Promise<string> {
    const { signal } = lockOf(handle);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    }
    return signal.reason instanceof LockError ? signal.reason.code : String(signal.reason);
  },

  /** Takes a lock, holds it for a while, and gives it back. */
  async hold(path: string, options: Options<AcquireOptions>, holdMs: number): Promise<Span> {
    return await withLock(path, options, async (lock) => {
      const start = process.hrtime.bigint();
      await sleep(holdMs);
      lock.assertHeld();
      return { start: String(start), end: String(process.hrtime.bigint()) };
    });
  },

  /** Holds a lock again and again in several lanes until told to stop; resolves to the number of holds. */
  async holdOn(
    path: string,
    options: Options<AcquireOptions>,
    { lanes, minMs, maxMs }: { lanes: number; minMs: number; maxMs: number },
  ): Promise<number> {
    let holds = 0;
    isHoldingOn = true;
    const runLane = async (): Promise<void> => {
      while (isHoldingOn) {
        await withLock(path, options, () => sleep(minMs + Math.random() * (maxMs - minMs)));
        holds += 1;
      }
    };
    await Promise.all(Array.from({ length: lanes }, runLane));
    return holds;
  },

  async stopHolding(): Promise<void> {
    isHoldingOn = false;
  },

  /** Locks each path once, one after the other. */
  async lockEach(paths: readonly string[], directory: string): Promise<void> {
    for (const path of paths) await withLock(path, { directory }, () => {});
  },

  /** Begins to wait for a lock that somebody else holds. */
  async beginToWait(path: string, options: Options<AcquireOptions>): Promise<number> {
    const controller = new AbortController();
    let end: { readonly error: unknown; readonly time: number } | undefined;
    const wait = FileSystemLock.acquire(path, { ...options, signal: controller.signal }).catch(
      (error: unknown) => {
        end = { error, time: performance.now() };
      },
    );
    lastHandle += 1;
    waits.set(lastHandle, async (reason) => {
      const start = performance.now();
      controller.abort(reason);
      await wait;
      return {
        rejectedWith: end?.error === reason ? 'its reason' : String(end?.error ?? 'nothing'),
        afterMs: (end?.time ?? Number.POSITIVE_INFINITY) - start,
      };
    });
    return lastHandle;
  },

  async abort(handle: number): Promise<AbortedWait> {
    const end = waits.get(handle);
    if (!end) throw new TypeError(`no wait ${handle}`);
    return await end(new Error(`stop ${handle}`));
  },

  async inspect(directory: string): Promise<LockInfo[]> {
    return await inspectLocks(directory);
  },

  async describeSelf(options: TokenOptions = {}): Promise<ProcessToken> {
    return await describeSelf(options);
  },

  async isProvedDead(token: ProcessToken, options: TokenOptions = {}): Promise<boolean> {
    return await isProvedDead(token, options);
  },

  /** Starts a thread; resolves once it holds its lock. */
  async startThread(task: ThreadTask): Promise<number> {
    const worker = startThread(task);
    const error = new Promise<string>((resolve) =>
      worker.once('error', ({ message }) => resolve(message)),
    );
    const exit = new Promise<string>((resolve) => worker.once('exit', () => resolve('')));
    const isHeld = new Promise<true>((resolve) => worker.once('message', () => resolve(true)));
    const failure = await Promise.race([isHeld, error]);
    if (failure !== true) throw new Error(failure);
    lastHandle += 1;
    threads.set(lastHandle, { worker, ended: exit.then(() => Promise.race([error, exit])) });
    return lastHandle;
  },

  /** Resolves to the exception that ended a thread, empty if there was none. */
  async untilThreadEnds(handle: number): Promise<string> {
    return (await threads.get(handle)?.ended) ?? 'no such thread';
  },

  async terminateThread(handle: number): Promise<void> {
    await threads.get(handle)?.worker.terminate();
  },

  /** Lets several threads count together, each its share, under a lock. */
  async countInThreads(path: string, count: number, share: number): Promise<ThreadCount> {
    const numbers = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
    const ends = Array.from({ length: count }, async () => {
      const worker = startThread({ task: 'count', path, share }, numbers);
      await new Promise((resolve) => worker.once('exit', resolve));
    });
    await Promise.all(ends);
    return { count: numbers[0] ?? 0, collisions: numbers[2] ?? 0 };
  },

  /** Keeps the event loop busy. */
  async block(ms: number): Promise<void> {
    spin(ms);
  },

  /** Ends the process, which still has work to do while it ends; its status is 0 if the lock was held until then. */
  async exitSlowly(handle: number, ms: number): Promise<void> {
    process.on('exit', () => {
      spin(ms);
      process.exitCode = isHeld(lockOf(handle)) ? 0 : 1;
    });
    process.exit();
  },

  /** CPU time of this process over a span of time, each in milliseconds. */
  async measureCpu(ms: number): Promise<{ readonly cpuMs: number; readonly wallMs: number }> {
    const startTime = performance.now();
    const start = process.cpuUsage();
    await sleep(ms);
    const { user, system } = process.cpuUsage(start);
    return { cpuMs: (user + system) / 1000, wallMs: performance.now() - startTime };
  },
};

export type Commands = typeof commands;

/** An error as it is sent. */
export interface SentError {
  readonly message: string;
  readonly code?: string | undefined;
  readonly holders?: readonly LockInfo[] | undefined;
}

export interface Call {
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: SentError | undefined;
}

function keep(lock: FileSystemLock): number {
  lastHandle += 1;
  locks.set(lastHandle, lock);
  return lastHandle;
}

function lockOf(handle: number): FileSystemLock {
  const lock = locks.get(handle);
  if (!lock) throw new TypeError(`no lock ${handle}`);
  return lock;
}

function isHeld(lock: FileSystemLock): boolean {
  try {
    lock.assertHeld();
    return true;
  } catch {
    return false;
  }
}

function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

async function answer({ id, name, args }: Call): Promise<void> {
  // a context of its own: what one call takes is not what the next one holds
  await null;
  const command = commands[name] as (...args: readonly unknown[]) => Promise<unknown>;
  try {
    const value = await command(...args);
    process.send?.({ id, value } satisfies Answer);
  } catch (error) {
    process.send?.({ id, error: describeError(error) } satisfies Answer);
  }
}

function describeError(error: unknown): SentError {
  const { message, code } = error as Error & { code?: string };
  const holders = error instanceof LockError ? error.holders : undefined;
  return { message, code, holders };
}

/** The flags of a process do not make Node 20 load TypeScript in its threads. */
function startThread(task: ThreadTask, numbers?: Int32Array): Worker {
  const [loader, thread] = [typeScriptFlags[1], new URL('process-thread.ts', import.meta.url).href];
  const code = `
    require('node:module').register(${JSON.stringify(loader)}, { data: true });
    import(${JSON.stringify(thread)});
  `;
  return new Worker(code, { eval: true, workerData: { ...task, numbers } });
}

process.on('message', (call: Call) => void answer(call));
// the test is over
process.on('disconnect', () => process.exit());
