// Imports exports of three sizes end to end, and parses the same files whole, in turn.
//
//   npx -y pnpm@12 --filter @tgstore/bench run import [--rounds 5] [--sizes 20,200,2000] [--seed 1] [--write]

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { importInto, makeExport, parseWhole } from './import/one-import.ts';
import { describeMachine, type Measurement, median } from './measure.ts';
import { Report, row } from './readme-table.ts';
import { assertBuilt } from './tgstore.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '20,200,2000' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

assertBuilt();
const report = new Report();
report.print(
  `${describeMachine()}, seed ${values.seed}.`,
  '',
  '| export | messages | `tgstore import` | peak memory | `JSON.parse(readFileSync())` | peak memory | speed, ours to theirs |',
  '|---:|---:|---:|---:|---:|---:|---:|',
);
for (const megabytes of values.sizes.split(',').map(Number)) {
  report.print(await compare(megabytes));
}
if (values.write) report.writeToReadme('import');

async function compare(megabytes: number): Promise<string> {
  const { path, bytes, messages } = await makeExport(megabytes, Number(values.seed));
  const ours: Measurement[] = [];
  const theirs: Measurement[] = [];
  const store = join(import.meta.dirname, 'data', 'store');
  for (let round = 0; round < Number(values.rounds); round += 1) {
    rmSync(store, { recursive: true, force: true });
    ours.push(importInto(store, path));
    theirs.push(parseWhole(path));
  }
  rmSync(store, { recursive: true, force: true });
  const [a, b] = [median(ours), median(theirs)];
  if (a.failure) throw new Error(a.failure);
  const ratio = b.failure ? '' : `${(b.seconds / a.seconds).toFixed(2)} ×`;
  const whole = b.failure
    ? [shortReason(b.failure), '']
    : [speed(bytes, b), `${(b.peakBytes / 1e6).toFixed(0)} MB`];
  return row(
    `${(bytes / 1e6).toFixed(0)} MB`,
    messages.toLocaleString('en-US'),
    speed(bytes, a),
    `${(a.peakBytes / 1e6).toFixed(0)} MB`,
    ...whole,
    ratio,
  );
}

function speed(bytes: number, { seconds }: Measurement): string {
  return `${(bytes / 1e6 / seconds).toFixed(0)} MB/s (${seconds.toFixed(2)} s)`;
}

function shortReason(stderr: string): string {
  return /code: '(\w+)'/.exec(stderr)?.[1] ?? 'fails';
}
