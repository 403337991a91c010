// Runs the proofs, all or some, shows how far each is, and prints the table of docs/reliability.md. See there.
//
//   npx -y pnpm@12 prove [NAME…] [--of xfs] [--scale 0.01] [--seed 1] [--write]

import { readFile, writeFile } from 'node:fs/promises';
import type { Check, Outcome } from './proof.ts';
import { proofs } from './proofs.ts';
import { type ProveArguments, readArguments, usageOf } from './prove-arguments.ts';
import { formatTable, type Line, putIntoDocument } from './table.ts';

const known = proofs.map(({ name }) => name);
const wanted = readOrExplain();
if (wanted?.help) process.stdout.write(usageOf(known));
else if (wanted) process.exitCode = await prove(wanted);
else process.exitCode = 2;

function readOrExplain(): ProveArguments | undefined {
  try {
    return readArguments(process.argv.slice(2), known);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usageOf(known)}`);
    return undefined;
  }
}

async function prove(options: ProveArguments): Promise<number> {
  const { names, of, write } = options;
  const lines: Line[] = [];
  let violated = 0;
  for (const { name, title, checks } of proofs) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`${name}: ${title}\n`);
    for (const check of checks.filter(({ what }) => what.includes(of))) {
      const { cells, violations } = await run(check, options);
      lines.push({ proof: name, what: check.what, cells });
      violated += violations;
    }
  }
  process.stdout.write(`${formatTable(lines)}\n`);
  if (write) {
    const file = new URL('../../../docs/reliability.md', import.meta.url);
    await writeFile(file, putIntoDocument(await readFile(file, 'utf8'), lines));
  }
  return violated > 0 ? 1 : 0;
}

async function run(
  { what, unavailable, run }: Check,
  { seed, scale }: ProveArguments,
): Promise<{ cells: string[]; violations: number }> {
  const reason = await unavailable?.();
  if (reason) {
    say(`  ${what}: skipped, ${reason}\n`);
    return { cells: ['skipped', '', reason, '', ''], violations: 0 };
  }
  const begun = performance.now();
  const outcome = await run({ seed, scale, report: (text) => progress(`  ${what}: ${text}`) });
  const took = duration(performance.now() - begun);
  const { length: violations } = outcome.violations;
  say(`  ${what}: ${tried(outcome)}, ${violations} violations, ${took}\n`);
  for (const violation of outcome.violations) say(`    ${violation}\n`);
  const cells = [tried(outcome), String(violations), outcome.seen ?? '', took, String(seed)];
  return { cells, violations };
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
