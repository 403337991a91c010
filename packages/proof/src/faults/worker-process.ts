import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import type { Request } from './worker.ts';

export interface WorkerOptions {
  /** Flags of Node, as for a source with a planted bug. */
  readonly nodeOptions?: readonly string[] | undefined;
}

/** A worker, started anew where it died. A request that takes a minute has hung, and ends it. */
export class WorkerProcess implements AsyncDisposable {
  readonly directory: string;
  readonly #nodeOptions: readonly string[];
  readonly #remove: () => PromiseLike<void>;
  #child: ChildProcess | undefined;

  private constructor(
    { path, remove }: { path: string; remove: () => PromiseLike<void> },
    { nodeOptions = [] }: WorkerOptions,
  ) {
    this.directory = path;
    this.#remove = remove;
    this.#nodeOptions = nodeOptions;
  }

  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const directory = await tempDirectory();
    const remove = (): PromiseLike<void> => directory[Symbol.asyncDispose]();
    return new WorkerProcess({ path: directory.path, remove }, options);
  }

  /** @throws where it dies, hangs, or fails itself */
  async ask<T>(request: Request): Promise<T> {
    const child = this.#child ?? this.#spawn();
    this.#child = child;
    const over = new AbortController();
    const { signal } = over;
    try {
      const answered = once(child, 'message', { signal });
      const died = once(child, 'exit', { signal }).then(([code, by]) => {
        throw new Error(`the process died with ${code ?? by}`);
      });
      const late = delay(TIMEOUT_MS, undefined, { signal }).then(() => {
        throw new Error(`it hung for ${TIMEOUT_MS / 1000} s`);
      });
      child.send(request);
      const [answer] = (await Promise.race([answered, died, late])) as [Answer<T>];
      if ('error' in answer) throw new Error(answer.error);
      return answer.value;
    } catch (error) {
      await this.#kill();
      throw error;
    } finally {
      over.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kill();
    await this.#remove();
  }

  #spawn(): ChildProcess {
    const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
    const flags = [...this.#nodeOptions, ...typeScriptFlags];
    // one thread makes all calls, so that they come in one order
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
    return spawn(process.execPath, [...flags, file, this.directory], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

type Answer<T> = { readonly value: T } | { readonly error: string };

const TIMEOUT_MS = 60_000;
