// Several processes append messages to one conversation: how many are there in the end?
//
//   npx -y pnpm@12 --filter @tgstore/bench run lost-updates [--rounds 3] [--processes 4] [--messages 100] [--write]

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { appendTogether, type Outcome } from './lost-updates/append-together.ts';
import { stores } from './lost-updates/stores.ts';
import { describeMachine } from './measure.ts';
import { peerVersions } from './peer-versions.ts';
import { quantile } from './quantile.ts';
import { Report, row } from './readme-table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    processes: { type: 'string', default: '4' },
    messages: { type: 'string', default: '100' },
    write: { type: 'boolean', default: false },
  },
});
const processes = Number(values.processes);
const count = Number(values.messages);
const peers = peerVersions('lowdb', 'conf', 'keyv', 'keyv-file', 'write-file-atomic');
const report = new Report();
report.print(
  `${describeMachine()}, ${peers}.`,
  '',
  row(`way`, `of ${processes * count} messages are left`, 'median time', 'failures'),
  '|---|---:|---:|---|',
);
const data = join(import.meta.dirname, 'data');
mkdirSync(data, { recursive: true });

const outcomes = new Map(Object.keys(stores).map((name): [string, Outcome[]] => [name, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const [name, store] of Object.entries(stores)) {
    const directory = mkdtempSync(join(data, 'lost-updates-'));
    try {
      const outcome = await appendTogether(name, store, directory, { processes, count });
      outcomes.get(name)?.push(outcome);
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}
for (const [name, all] of outcomes) report.print(describe(stores[name]?.title ?? name, all));
if (values.write) report.writeToReadme('lost-updates');

function describe(title: string, all: readonly Outcome[]): string {
  const left = all.map(({ survived }) => survived ?? 'unreadable').join(', ');
  const seconds = quantile(
    all.map((outcome) => outcome.seconds),
    0.5,
  );
  return row(title, left, `${seconds.toFixed(1)} s`, describeFailures(all));
}

function describeFailures(all: readonly Outcome[]): string {
  const failures = all.flatMap((outcome) => outcome.failures);
  if (failures.length === 0) return 'none';
  const reasons = new Map<string, number>();
  for (const failure of failures.map(shorten))
    reasons.set(failure, (reasons.get(failure) ?? 0) + 1);
  const texts = [...reasons].map(([reason, times]) => `${times} × \`${reason}\``);
  return `${failures.length} of ${all.length * processes} processes ended early: ${texts.join(', ')}`;
}

/** Without paths, positions and what would break the table. */
function shorten(reason: string): string {
  return reason
    .replace(/(?:file:\/\/)?\/[^\s'"]+\//g, '')
    .replace(/ at position \d+.*/, '')
    .replace(/[|`]/g, ' ')
    .slice(0, 100);
}
