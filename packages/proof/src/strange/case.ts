// Cases that each bring their own store: run one by one in a process of their own.

import { tempDirectory } from '@tgstore/testkit';
import { Child, type ChildOptions } from '../child/child.ts';
import type { TaskResult } from '../child/serve.ts';
import type { CheckOptions, Outcome } from '../proof.ts';

/** One row of a table; it is given an empty directory and a seed, and resolves to what is wrong. */
export type Case = (directory: string, seed: number) => Promise<string[]>;
export type Cases = Readonly<Record<string, Case>>;

export interface CasesOptions extends CheckOptions, Pick<ChildOptions, 'flags' | 'timeoutMs'> {
  /** @default all */
  readonly only?: readonly string[] | undefined;
}

/** The module must export `runCase`, made by {@link caseRunner}. */
export async function checkCases(
  module: URL,
  names: readonly string[],
  { seed, report, flags, timeoutMs, only = names }: CasesOptions,
): Promise<Outcome> {
  const violations: string[] = [];
  await using child = new Child({ flags, timeoutMs: timeoutMs ?? 60_000, maxBytes: 1.5 * 2 ** 30 });
  for (const [index, name] of only.entries()) {
    await using dir = await tempDirectory();
    const args = [name, dir.path, seed];
    const found = await child.run(name, { module: module.href, name: 'runCase', args });
    violations.push(...found.violations);
    report(`${index + 1} of ${only.length}, ${violations.length} violations`);
  }
  return { tried: only.length, unit: 'cases', violations };
}

export function caseRunner(cases: Cases) {
  return async (name: string, directory: string, seed: number): Promise<TaskResult> => {
    const run = cases[name];
    if (!run) throw new TypeError(`there is no case ${name}`);
    return { violations: await run(directory, seed) };
  };
}

/** What `work` throws must have a code of ours or of the system; `undefined` where it does not throw. */
export async function codeOf(work: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const errors = error instanceof AggregateError ? error.errors : [error];
    return errors
      .map((one) => (one as { code?: string }).code ?? `no code: ${(one as Error).stack}`)
      .join();
  }
}

/** One line for each thing that is not as it must be. */
export class Expectations {
  readonly problems: string[] = [];

  same(what: string, found: unknown, expected: unknown): void {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b) this.problems.push(`${what}: ${a}, not ${b}`);
  }

  true(what: string, holds: boolean): void {
    if (!holds) this.problems.push(what);
  }
}
