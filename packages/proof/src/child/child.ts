import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { typeScriptFlags } from '@tgstore/testkit';
import type { Answer, Task } from './serve.ts';

export interface ChildOptions {
  /** Flags of Node that come before all others, also in processes that it starts, as those of {@link plantFlags}. */
  readonly flags?: readonly string[] | undefined;
  /** A task that takes longer hangs. @default 60_000 */
  readonly timeoutMs?: number | undefined;
  /** A process that needs more memory than this is a violation. @default 1 GiB */
  readonly maxBytes?: number | undefined;
  /** A new process takes over after so many tasks. @default never */
  readonly tasksEach?: number | undefined;
}

/** Runs tasks one after the other in a process, which is killed and followed by another one where a task hangs. */
export class Child implements AsyncDisposable {
  readonly #options: { readonly [Key in keyof ChildOptions]-?: NonNullable<ChildOptions[Key]> };
  #process: ChildProcess | undefined;
  #tasks = 0;

  constructor({
    flags = [],
    timeoutMs = 60_000,
    maxBytes = 1024 ** 3,
    tasksEach = Number.POSITIVE_INFINITY,
  }: ChildOptions = {}) {
    this.#options = { flags, timeoutMs, maxBytes, tasksEach };
  }

  /** Violations begin with `what`. */
  async run(what: string, task: Task): Promise<Pick<Answer, 'violations' | 'seen'>> {
    const { timeoutMs, maxBytes, tasksEach } = this.#options;
    if (this.#tasks >= tasksEach) await this.#end();
    this.#tasks += 1;
    this.#process ??= this.#start();
    const child = this.#process;
    const timer = new AbortController();
    const { signal } = timer;
    const ended = once(child, 'exit', { signal }).then(([code, by]) => `died (${code ?? by})`);
    const answered = once(child, 'message', { signal }).then(([answer]) => answer as Answer);
    const late = delay(timeoutMs, `hangs, for ${timeoutMs} ms`, { signal });
    for (const outcome of [ended, answered, late]) outcome.catch(() => {});
    child.send(task);
    try {
      const outcome = await Promise.race([answered, ended, late]);
      if (typeof outcome === 'string') {
        await this.#end();
        return { violations: [`${what}: ${outcome}`] };
      }
      const { violations, seen, peakBytes } = outcome;
      const lines = violations.map((violation) => `${what}: ${violation}`);
      if (peakBytes <= maxBytes) return { violations: lines, seen };
      await this.#end();
      const megabytes = Math.round(peakBytes / 2 ** 20);
      return { violations: [...lines, `${what}: took ${megabytes} MiB of memory`], seen };
    } finally {
      timer.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  #start(): ChildProcess {
    const file = fileURLToPath(new URL('serve.ts', import.meta.url));
    // those that it starts are told too
    const NODE_OPTIONS = [process.env.NODE_OPTIONS, ...this.#options.flags].join(' ').trim();
    return spawn(process.execPath, [...typeScriptFlags, file], {
      env: { ...process.env, NODE_OPTIONS },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
  }

  async #end(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    this.#tasks = 0;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
}
