// Makes, verifies and restores a backup of a store of 1,000 conversations, beside GNU tar and a plain copy; then five daily
// backups of a store in which a hundredth of the conversations grows each day, beside restic where it is installed.
//
//   npx -y pnpm@12 --filter @tgstore/bench run backup [--rounds 5] [--conversations 1000] [--messages 1200] [--seed 1] [--write]

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { grow, makeStore } from './make-store.ts';
import { describeMachine, type Measurement, measure, median } from './measure.ts';
import { Report, row } from './readme-table.ts';
import { assertBuilt, tgstore } from './tgstore.ts';

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    conversations: { type: 'string', default: '1000' },
    messages: { type: 'string', default: '1200' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
assertBuilt();

const machine = describeMachine();
const [conversations, messagesEach, seed] = [
  Number(values.conversations),
  Number(values.messages),
  Number(values.seed),
];
const store = join(here, 'data', `store-${conversations}-${messagesEach}-${seed}`);
const work = join(here, 'data', 'backup');
await makeStore(store, { conversations, messagesEach, seed });
const bytes = sizeOf(store);

const report = new Report();
report.print(
  `${machine}, seed ${seed}; ${conversations} conversations, ${(bytes / 1e6).toFixed(0)} MB, gzip at level 6, medians of ${values.rounds} rounds.`,
  '',
  ...compare(),
  '',
  ...(await daily()),
);
if (values.write) report.writeToReadme('backup');
rmSync(work, { recursive: true, force: true });

function compare(): string[] {
  const all: Record<string, Measurement[]> = {};
  const note = (name: string, measurement: Measurement): void => {
    if (measurement.failure) throw new Error(`${name}: ${measurement.failure}`);
    all[name] = [...(all[name] ?? []), measurement];
  };
  let size = 0;
  let tarSize = 0;
  for (let round = 0; round < Number(values.rounds); round += 1) {
    rmSync(work, { recursive: true, force: true });
    mkdirSync(work, { recursive: true });
    const at = (name: string): string => join(work, name);
    const ours = ['--store', store, '--backup-dir', at('ours'), '--quiet'];
    note('create', measure([tgstore, 'backup', 'create', ...ours], here));
    note('tar -czf', command('tar', '-czf', at('gnu.tar.gz'), '-C', store, ...names()));
    note('cp', command('cp', '-r', store, at('copy')));
    note('verify', measure([tgstore, 'backup', 'verify', '--all', ...ours], here));
    note('tar -tzf', command('tar', '-tzf', at('gnu.tar.gz')));
    const [archive = ''] = readdirSync(at('ours')).filter((name) => name.endsWith('.gz'));
    const id = archive.split('.')[0] ?? '';
    note(
      'restore',
      measure([tgstore, 'backup', 'restore', id, '--to', at('restored'), ...ours], here),
    );
    mkdirSync(at('unpacked'));
    note('tar -xzf', command('tar', '-xzf', at('gnu.tar.gz'), '-C', at('unpacked')));
    size = statSync(join(at('ours'), archive)).size;
    tarSize = statSync(at('gnu.tar.gz')).size;
  }
  const line = (ours: string, theirs: string, what: string): string => {
    const [a, b] = [median(all[ours] ?? []), median(all[theirs] ?? [])];
    const ratio = `${(a.seconds / b.seconds).toFixed(2)} ×`;
    return row(
      what,
      seconds(a),
      `${(a.peakBytes / 1e6).toFixed(0)} MB`,
      `${seconds(b)} (\`${theirs}\`)`,
      ratio,
    );
  };
  return [
    '| | `tgstore backup` | peak memory | GNU tar | ours to theirs |',
    '|---|---:|---:|---:|---:|',
    line('create', 'tar -czf', 'create, and read again'),
    line('verify', 'tar -tzf', 'verify every hash'),
    line('restore', 'tar -xzf', 'verify, restore, sync'),
    '',
    `Archives: ${(size / 1e6).toFixed(1)} MB, GNU tar ${(tarSize / 1e6).toFixed(1)} MB. A plain copy takes ${seconds(median(all.cp ?? []))}.`,
  ];
}

/** Bytes on disk after five backups, each after a day on which one conversation of a hundred gained twenty messages. */
async function daily(): Promise<string[]> {
  const days = 5;
  const copy = join(work, 'growing');
  const [ours, restic] = [join(work, 'daily'), join(work, 'restic')];
  rmSync(copy, { recursive: true, force: true });
  command('cp', '-r', store, copy);
  const hasRestic = spawnSync('restic', ['version']).status === 0;
  if (hasRestic) callRestic('init', restic);
  const sizes: number[][] = [];
  for (let day = 1; day <= days; day += 1) {
    for (let id = day; id <= conversations; id += 100) await grow(copy, String(id), 20);
    measure(
      [tgstore, 'backup', 'create', '--automatic', '--store', copy, '--backup-dir', ours],
      here,
    );
    if (hasRestic) callRestic('backup', restic, copy);
    sizes.push([sizeOf(ours), hasRestic ? sizeOf(restic) : 0]);
  }
  const relative = (index: number): string => {
    const [first, last] = [sizes[0]?.[index] ?? 0, sizes.at(-1)?.[index] ?? 0];
    return `${(first / 1e6).toFixed(1)} MB → ${(last / 1e6).toFixed(1)} MB (${(last / first).toFixed(2)} ×)`;
  };
  return [
    `Five daily backups, one conversation of a hundred gaining twenty messages a day, on disk after the first → after the fifth: ` +
      `\`tgstore backup\` ${relative(0)}, restic ${hasRestic ? relative(1) : 'not installed here'}.`,
  ];
}

function callRestic(action: 'init' | 'backup', repository: string, path?: string): void {
  const args = [action, '--repo', repository, '--quiet', ...(path ? [path] : [])];
  const env = { ...process.env, RESTIC_PASSWORD: 'bench' };
  const { status, stderr } = spawnSync('restic', args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function command(name: string, ...args: readonly string[]): Measurement {
  const start = performance.now();
  const { status, stderr } = spawnSync(name, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  const seconds = (performance.now() - start) / 1000;
  return { seconds, cpuSeconds: 0, peakBytes: 0, failure: status === 0 ? undefined : stderr };
}

function names(): string[] {
  return readdirSync(store).filter((name) => name.endsWith('.json'));
}

function sizeOf(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function seconds(measurement: Measurement): string {
  return `${measurement.seconds.toFixed(2)} s`;
}
