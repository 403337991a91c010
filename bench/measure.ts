import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

/** What one run of a process took. */
export interface Measurement {
  readonly seconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  /** What it printed to standard error, where it failed. */
  readonly failure: string | undefined;
}

/** Runs `node` with these arguments and measures the whole process, start-up included. */
export function measure(args: readonly string[], cwd: string): Measurement {
  const directory = mkdtempSync(join(tmpdir(), 'tgstore-bench-'));
  const report = join(directory, 'report.json');
  const preload = `--import=${new URL('./peak-memory.mjs', import.meta.url).href}`;
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [preload, ...args], {
    cwd,
    env: { ...process.env, TGSTORE_BENCH_REPORT: report },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  try {
    const { peakBytes, cpuMs } = JSON.parse(readFileSync(report, 'utf8'));
    const failure = status === 0 ? undefined : stderr;
    return { seconds, cpuSeconds: cpuMs / 1000, peakBytes, failure };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** The measurement in the middle, by time. */
export function median(measurements: readonly Measurement[]): Measurement {
  const sorted = [...measurements].sort((a, b) => a.seconds - b.seconds);
  return sorted[Math.floor(sorted.length / 2)] as Measurement;
}

/** Where the figures come from, in one line. */
export function describeMachine(): string {
  const [cpu] = cpus();
  const here = import.meta.dirname;
  return [
    new Date().toISOString().slice(0, 10),
    `commit ${run('git', '-C', here, 'describe', '--always', '--dirty', '--exclude', '*')}`,
    `Node ${process.versions.node}`,
    process.platform,
    run('df', '--output=fstype', here).split('\n').at(-1) ?? '',
    `${cpus().length} × ${cpu?.model.trim()}`,
    `load ${loadavg()[0]?.toFixed(2)} at the start`,
  ].join(', ');
}

function run(command: string, ...args: readonly string[]): string {
  return spawnSync(command, args, { encoding: 'utf8' }).stdout?.trim() || 'unknown';
}
