// Runs tasks in a process of its own, so that one that hangs, dies or eats all memory is one finding and no more.

import { prototypeChanges } from './prototypes.ts';

/** An exported function of a module, and what it is given. */
export interface Task {
  readonly module: string;
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What a task returns: one line for each violation, and figures that are added up. */
export interface TaskResult {
  readonly violations: readonly string[];
  readonly seen?: Readonly<Record<string, number>> | undefined;
}

export interface Answer extends TaskResult {
  /** The most memory that this process ever had, in bytes. */
  readonly peakBytes: number;
}

process.on('message', async (task: Task) => {
  const result = await run(task);
  const violations = [...result.violations, ...prototypeChanges()];
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  process.send?.({ ...result, violations, peakBytes } satisfies Answer);
});
process.on('disconnect', () => process.exit());

async function run({ module, name, args }: Task): Promise<TaskResult> {
  try {
    const { [name]: work } = await import(module);
    return await work(...args);
  } catch (error) {
    return { violations: [`threw ${(error as Error)?.stack ?? String(error)}`] };
  }
}
