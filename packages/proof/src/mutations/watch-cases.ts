// Runs the cases of a kind in processes of their own, and goes on behind one that hangs or dies.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { typeScriptFlags } from '@tgstore/testkit';

export interface WatchOptions {
  readonly kind: string;
  readonly seed: number;
  /** The first case. @default 0 */
  readonly from?: number | undefined;
  /** How many from there on. */
  readonly cases: number;
  /** Cases with this number, and multiples of it, try what is dear too. */
  readonly dearEvery: number;
  /** How many processes. @default 1 */
  readonly processes?: number | undefined;
  /** How long one case may take, in milliseconds. @default 20_000 */
  readonly patienceMs?: number | undefined;
  /** Ends after so many violations: of a fault that every other case shows, no more is learned from more of them. @default 20 */
  readonly most?: number | undefined;
  /** Further flags of Node, before all others. */
  readonly nodeFlags?: readonly string[] | undefined;
  readonly report?: ((done: number) => void) | undefined;
}

export interface Watched {
  readonly tried: number;
  /** How many of them were accepted. */
  readonly read: number;
  readonly violations: readonly string[];
  /** Of the largest process. */
  readonly peakBytes: number;
}

interface Tally {
  tried: number;
  read: number;
  peakBytes: number;
  readonly violations: string[];
}

export async function watchCases(options: WatchOptions): Promise<Watched> {
  const { processes = 1, from: first = 0 } = options;
  const tally: Tally = { tried: 0, read: 0, peakBytes: 0, violations: [] };
  const at = new Array<number>(processes).fill(first);
  await using directory = await memoryDirectory();
  const runAll = async (worker: number): Promise<void> => {
    const pulse = join(directory.path, `${worker}`);
    let from: number | undefined = first + worker;
    while (from !== undefined && !isEnough(tally, options)) {
      from = await runFrom(from, { ...options, processes }, pulse, tally, (number) => {
        at[worker] = number;
        options.report?.(Math.max(...at) - first);
      });
    }
  };
  await Promise.all(at.map((_, worker) => runAll(worker)));
  return tally;
}

/** Resolves to where to go on; `undefined` at the end. */
async function runFrom(
  from: number,
  options: WatchOptions & { readonly processes: number },
  pulse: string,
  tally: Tally,
  tellAt: (number: number) => void,
): Promise<number | undefined> {
  const { processes, patienceMs = 20_000 } = options;
  const child = start(from, options, pulse);
  let isDone = false;
  let count = 0;
  let last = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    last = (last + text).slice(-600);
  });
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  lines.on('line', (line) => {
    const { violation, done } = JSON.parse(line) as Line;
    if (done) {
      isDone = true;
      tally.read += done.read;
      tally.peakBytes = Math.max(tally.peakBytes, done.peak);
      count = done.tried;
    }
    if (!violation) return;
    const { number, origin, mutations, problem } = violation;
    tally.violations.push(
      `${told(options, number)} (file ${origin}, mutations ${mutations}): ${problem}`,
    );
    if (isEnough(tally, options)) child.kill('SIGKILL');
  });
  const stop = watch(pulse, patienceMs, tellAt, () => child.kill('SIGKILL'));
  const [[status, signal]] = await Promise.all([once(child, 'close'), once(lines, 'close')]);
  const { number, hangs } = await stop();
  if (isDone) {
    tally.tried += count;
    return undefined;
  }
  if (isEnough(tally, options)) return undefined;
  tally.tried += Math.max(0, Math.floor((number - from) / processes) + 1);
  const how = hangs
    ? `hangs for more than ${patienceMs / 1000} s`
    : `ends its process (${status ?? signal}): ${last}`;
  tally.violations.push(`${told(options, number)}: ${how}`);
  const next = number + processes;
  return next < endOf(options) && number >= from ? next : undefined;
}

interface Line {
  readonly violation?: {
    readonly number: number;
    readonly origin: number;
    readonly mutations: readonly number[];
    readonly problem: string;
  };
  readonly done?: { readonly tried: number; readonly read: number; readonly peak: number };
}

function start(
  from: number,
  options: WatchOptions & { readonly processes: number },
  pulse: string,
): ChildProcess {
  const { kind, seed, processes, dearEvery, nodeFlags = [] } = options;
  const file = fileURLToPath(new URL('run-cases.ts', import.meta.url));
  const flags = [...nodeFlags, ...typeScriptFlags, `--max-old-space-size=${HEAP_MEGABYTES}`];
  const args = [kind, seed, from, endOf(options), processes, dearEvery, pulse].map(String);
  return spawn(process.execPath, [...flags, file, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // what a killed process leaves goes with the directory
    env: { ...process.env, TMPDIR: dirname(pulse) },
  });
}

/** Kills when the number in a file stays the same for too long. */
function watch(
  pulse: string,
  patienceMs: number,
  tellAt: (number: number) => void,
  kill: () => void,
): () => Promise<{ number: number; hangs: boolean }> {
  let number = -1;
  let since = performance.now();
  let hangs = false;
  const look = async (): Promise<void> => {
    const text = await readFile(pulse, 'latin1').catch(() => '');
    const now = text.trim() === '' ? -1 : Number.parseInt(text, 10);
    if (now !== number) {
      number = now;
      since = performance.now();
      tellAt(Math.max(0, number));
    } else if (performance.now() - since > patienceMs + (number < 0 ? START_MS : 0)) {
      hangs = true;
      kill();
    }
  };
  const timer = setInterval(() => void look(), 250);
  return async () => {
    clearInterval(timer);
    if (!hangs) await look();
    return { number, hangs };
  };
}

/** A fresh directory in memory, where the machine has a place for that. */
async function memoryDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const hasMemory = await access(SHARED_MEMORY, constants.W_OK).then(
    () => true,
    () => false,
  );
  const path = await mkdtemp(join(hasMemory ? SHARED_MEMORY : tmpdir(), 'tgstore-test-'));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** The first case that is none of them. */
function endOf({ from = 0, cases }: WatchOptions): number {
  return from + cases;
}

function told({ kind, seed }: WatchOptions, number: number): string {
  return `${kind}, seed ${seed}, case ${number}`;
}

function isEnough({ violations }: Tally, { most = 20 }: WatchOptions): boolean {
  return violations.length >= most;
}

const SHARED_MEMORY = '/dev/shm';
const HEAP_MEGABYTES = 256;
const START_MS = 60_000;
