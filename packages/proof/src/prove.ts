// Runs the proofs, all or some, shows how far each is, and prints the table of docs/reliability.md. See there.
//
//   npx -y pnpm@12 prove [NAME…] [--of xfs] [--scale 0.01] [--seed 1] [--write]

import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { Check, Outcome } from './proof.ts';
import { proofs } from './proofs.ts';
import { formatTable, type Line, putIntoDocument } from './table.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    of: { type: 'string', default: '' },
    scale: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_007) },
    write: { type: 'boolean', default: false },
  },
});
const scale = Number(values.scale);
const seed = Number(values.seed);
const unknown = positionals.filter((name) => !proofs.some((proof) => proof.name === name));
if (!(scale > 0) || !Number.isSafeInteger(seed) || unknown.length > 0) {
  const names = proofs.map(({ name }) => name).join(', ');
  throw new TypeError(
    `prove [NAME…] [--of xfs] [--scale 0.01] [--seed 1] [--write], where NAME is of ${names}`,
  );
}

const lines: Line[] = [];
let violated = 0;
for (const { name, title, checks } of proofs) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  say(`${name}: ${title}\n`);
  for (const check of checks.filter(({ what }) => what.includes(values.of))) {
    lines.push({ proof: name, what: check.what, cells: await run(check) });
  }
}
process.stdout.write(`${formatTable(lines)}\n`);
if (values.write) {
  const file = new URL('../../../docs/reliability.md', import.meta.url);
  await writeFile(file, putIntoDocument(await readFile(file, 'utf8'), lines));
}
process.exitCode = violated > 0 ? 1 : 0;

async function run({ what, unavailable, run }: Check): Promise<string[]> {
  const reason = await unavailable?.();
  if (reason) {
    say(`  ${what}: skipped, ${reason}\n`);
    return ['skipped', '', reason, '', ''];
  }
  const begun = performance.now();
  const outcome = await run({ seed, scale, report: (text) => progress(`  ${what}: ${text}`) });
  const took = duration(performance.now() - begun);
  violated += outcome.violations.length;
  say(`  ${what}: ${tried(outcome)}, ${outcome.violations.length} violations, ${took}\n`);
  for (const violation of outcome.violations) say(`    ${violation}\n`);
  const violations = String(outcome.violations.length);
  return [tried(outcome), violations, outcome.seen ?? '', took, String(seed)];
}

function tried({ tried, unit }: Outcome): string {
  return `${tried.toLocaleString('en')} ${unit}`;
}

function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 100 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;
}

/** A line that the next one takes the place of, where there is someone to see it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}`);
}

function say(text: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${text}` : text);
}
