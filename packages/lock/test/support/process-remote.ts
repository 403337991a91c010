import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startTypeScript, typeScriptFlags } from '@tgstore/testkit';
import { onTestFinished } from 'vitest';
import type { LockInfo } from '../../src/index.ts';
import type { Answer, Call, Commands, SentError } from './process-worker.ts';

/** An error that a command of another process ended with. */
export class RemoteError extends Error {
  readonly code: string | undefined;
  readonly holders: readonly LockInfo[];

  constructor({ message, code, holders = [] }: SentError) {
    super(message);
    this.code = code;
    this.holders = holders;
  }
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export interface RemoteOptions {
  /** Starts it as the first process of a new pid namespace. @default false */
  readonly inNewNamespace?: boolean | undefined;
  /** Leaves it the `/proc` of the former namespace. @default false */
  readonly keepProc?: boolean | undefined;
}

/** A process that takes and gives back locks when told; it is killed when it goes out of scope, or the test ends. */
export class Remote implements AsyncDisposable {
  /** As this process sees it. */
  readonly pid: number;
  /** Resolves to its exit status when it has ended and everybody can see that, `null` if it was killed. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastCall = 0;

  private constructor(child: ChildProcess, pid: number) {
    this.#child = child;
    this.pid = pid;
    this.ended = once(child, 'exit').then(([status]: (number | null)[]) => {
      for (const { reject } of this.#pending.values()) reject(new Error(`process ${pid} ended`));
      return status ?? null;
    });
    child.on('message', (answer) => this.#settle(answer as Answer));
  }

  /** Starts one, and waits until it answers. */
  static async start({
    inNewNamespace = false,
    keepProc = false,
  }: RemoteOptions = {}): Promise<Remote> {
    const child = inNewNamespace
      ? startInNamespace(keepProc)
      : startTypeScript(WORKER, { stdio: STDIO });
    const firstAnswer = once(child, 'message');
    sendCall(child, { id: 0, name: 'stopHolding', args: [] });
    await firstAnswer;
    const pid = inNewNamespace ? onlyChildOf(child) : (child.pid ?? 0);
    const remote = new Remote(child, pid);
    onTestFinished(() => remote.kill());
    return remote;
  }

  static async startMany(count: number): Promise<Remote[]> {
    return await Promise.all(Array.from({ length: count }, () => Remote.start()));
  }

  async call<Name extends keyof Commands>(
    name: Name,
    ...args: Parameters<Commands[Name]>
  ): Promise<Awaited<ReturnType<Commands[Name]>>> {
    this.#lastCall += 1;
    const id = this.#lastCall;
    const answer = new Promise<Awaited<ReturnType<Commands[Name]>>>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
    });
    sendCall(this.#child, { id, name, args });
    return await answer;
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Kills it at once and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal('SIGKILL');
    await this.ended;
  }

  /** Lets it end in the normal way. */
  async end(): Promise<void> {
    this.#child.disconnect();
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  #settle({ id, value, error }: Answer): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error) pending?.reject(new RemoteError(error));
    else pending?.resolve(value as never);
  }
}

function startInNamespace(keepProc: boolean): ChildProcess {
  const flags = keepProc ? ['--pid', '--fork'] : ['--pid', '--fork', '--mount-proc'];
  const command = [process.execPath, ...typeScriptFlags, fileURLToPath(WORKER)];
  // some versions of unshare complain of a harmless failure when they end
  const stdio = STDIO.toSpliced(2, 1, 'ignore');
  return spawn('unshare', [...flags, ...command], { stdio });
}

function onlyChildOf({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

function sendCall(child: ChildProcess, call: Call): void {
  child.send(call, () => {
    // if it has ended, that is what the caller is told
  });
}

const WORKER = new URL('process-worker.ts', import.meta.url);
const STDIO: Array<'ignore' | 'inherit' | 'ipc'> = ['ignore', 'inherit', 'inherit', 'ipc'];
