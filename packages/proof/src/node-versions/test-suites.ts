import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import type { Outcome } from '../proof.ts';
import { runCommand } from './run-command.ts';
import type { Suite } from './suites.ts';

/** What vitest's reporter `json` prints, as far as it is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** Runs suites one after the other with one Node, which is also the `node` that their tests start. */
export async function testSuites(
  node: string,
  suites: readonly Suite[],
  report: (progress: string) => void,
): Promise<Outcome> {
  const packageFile = createRequire(import.meta.url).resolve('vitest/package.json');
  const vitest = join(dirname(packageFile), 'vitest.mjs');
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const violations: string[] = [];
  let tried = 0;
  let skipped = 0;
  for (const { name, directory } of suites) {
    report(`${name}, ${tried} tests so far`);
    const args = [vitest, 'run', '--reporter=json'];
    const { status, output } = await runCommand(node, args, { cwd: directory, env });
    const result = readReport(output);
    tried += (result?.numPassedTests ?? 0) + (result?.numFailedTests ?? 0);
    skipped += result?.numPendingTests ?? 0;
    const failures = result ? failuresOf(result) : ['printed no report'];
    if (failures.length === 0 && status !== 0) failures.push(`ended with status ${status}`);
    violations.push(...failures.map((failure) => `${name}: ${failure}`));
  }
  return { tried, unit: 'tests', violations, seen: `${suites.length} suites, ${skipped} skipped` };
}

function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length > 0) return failed.map(({ fullName }) => fullName);
    return status === 'failed' ? [`${name}: ${message}`] : [];
  });
}

/** The report is the last line: tests print others before it. */
function readReport(output: string): Report | undefined {
  const line = output.trim().split('\n').at(-1) ?? '';
  return line.startsWith('{') ? (JSON.parse(line) as Report) : undefined;
}
