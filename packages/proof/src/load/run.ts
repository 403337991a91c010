import { setTimeout as delay } from 'node:timers/promises';
import { tempDirectory } from '@tgstore/testkit';
import type { Outcome } from '../proof.ts';
import { checkStill, takeKept } from '../stress/check-still.ts';
import { type Running, Stress } from '../stress/stress.ts';
import { type StressRun, tellFirst } from '../stress/stress-run.ts';
import { countOwnFiles, type OwnFiles } from './own-files.ts';
import { growthIn, median, type Trend, UsageLog } from './usage.ts';

export interface LoadOptions extends StressRun {
  readonly durationMs: number;
}

/** All in one process each, which lives to the end. */
const PROGRAMS = [
  'ingest',
  'ingest',
  'import',
  'process',
  'process',
  'back-up',
  'restore',
  'mark',
  'read',
];
/** How often each process tells what it uses, and the store is looked at, in the time it all takes. */
const SAMPLES = 100;
const FEWEST_LOOKS = 12;
/** More than one for each process and conversation is a leak. */
const FILES_SLACK = 20;

/** Lets processes use one store for a while: nothing may grow in them or in the store, and nothing be lost. */
export async function useSteadily({
  seed,
  durationMs,
  plants,
  report = () => {},
}: LoadOptions): Promise<Outcome> {
  await using directory = await tempDirectory();
  const usageEveryMs = Math.min(10_000, Math.max(300, durationMs / SAMPLES));
  using stress = await Stress.open({ seed, directory: directory.path, plants, usageEveryMs });
  const usage = new UsageLog();
  stress.onEvent((event) => usage.add(event));
  const running = await Promise.all(PROGRAMS.map((name, lane) => stress.start(name, lane + 1)));
  const files = await watch(stress, running, { durationMs, usage, report });
  await Promise.all(running.map((one) => stress.kill(one)));
  await checkStill(stress);
  const trends = usage.trends();
  const violations = [
    ...stress.violations,
    ...trends.flatMap((trend) => [...growthIn(trend)]),
    ...growthOfFiles(files),
  ];
  return {
    tried: trends.reduce((sum, { after }) => sum + after.operations, 0),
    unit: 'operations',
    violations: tellFirst(violations, `seed ${seed}`),
    seen: describe(stress, trends, files),
  };
}

interface Watching {
  readonly durationMs: number;
  readonly usage: UsageLog;
  readonly report: (progress: string) => void;
}

async function watch(
  stress: Stress,
  running: readonly Running[],
  { durationMs, usage, report }: Watching,
): Promise<OwnFiles[]> {
  const end = performance.now() + durationMs;
  const files: OwnFiles[] = [];
  await Promise.all(running.map(({ ready }) => ready));
  const isOver = (): boolean =>
    performance.now() >= end && usage.isEnough(running.length) && files.length >= FEWEST_LOOKS;
  while (!isOver() && stress.violations.length === 0) {
    await delay(Math.max(500, durationMs / SAMPLES));
    if (running.some(({ child }) => child.exitCode !== null)) break;
    await stress.checkInUse();
    files.push(await countOwnFiles(stress.path));
    if (files.length % 10 === 0) await makeRoom(stress);
    const minutes = (durationMs - (end - performance.now())) / 60_000;
    report(`${minutes.toFixed(1)} min, ${stress.violations.length} violations`);
  }
  return files;
}

/** What restores have replaced is kept for ever; an hour of them would fill the disk. */
async function makeRoom(stress: Stress): Promise<void> {
  await using store = stress.openStore();
  stress.keep(await takeKept(store));
}

function* growthOfFiles(files: readonly OwnFiles[]): Generator<string> {
  const quarter = Math.floor(files.length / 4);
  for (const kind of ['locks', 'others', 'temporary'] as const) {
    const before = median(files.slice(quarter, 2 * quarter).map((one) => one[kind]));
    const after = median(files.slice(-quarter).map((one) => one[kind]));
    if (after - before > FILES_SLACK) {
      yield `the store grows: from ${before} to ${after} files, ${kind}`;
    }
  }
}

function describe(stress: Stress, trends: readonly Trend[], files: readonly OwnFiles[]): string {
  const told = (what: string): string => stress.told(what);
  const { finished } = stress.hands.counts;
  const last = files.at(-1);
  return [
    ['changes', 'imports', 'marks', 'backups', 'restores', 'reads'].map(told).join(', '),
    `${finished} hand-overs finished`,
    `heap and buffers by operation: ${trends.map(describeTrend).join(', ')}`,
    `descriptors at most ${Math.max(...trends.map(({ after }) => after.descriptors))}`,
    `${last?.locks} files of locks, ${last?.others} others, ${Math.round((last?.changeLogBytes ?? 0) / 1024)} KiB of change logs`,
  ].join('; ');
}

function describeTrend({ program, operations, before, after }: Trend): string {
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  return `${program} ${(grown / operations).toFixed(1)} B of ${operations}`;
}
