import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { typeScriptFlags } from '@tgstore/testkit';
import type { Inspected, Order, Said, WorkOrder } from './protocol.ts';
import type { Workbench } from './workbench.ts';

/** A worker. It is started before it is needed, as that takes longer than what it does then. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #listener: (said: Said) => void = () => {};
  #becomeReady: () => void = () => {};
  readonly #ready = new Promise<void>((resolve) => {
    this.#becomeReady = resolve;
  });

  constructor(bench: Workbench) {
    const file = fileURLToPath(new URL('./worker.ts', import.meta.url));
    this.#child = bench.start(process.execPath, ...typeScriptFlags, file);
    const { stdin, stdout } = this.#child;
    if (!stdin || !stdout) throw new Error('the worker has no pipes');
    // it may be gone before it has read its orders
    stdin.on('error', () => {});
    const lines = createInterface(stdout).on('line', (line) => this.#hear(line));
    this.#closed = Promise.all([once(this.#child, 'close'), once(lines, 'close')]);
    this.#child.once('close', () => this.#listener({ type: 'stopped' }));
  }

  async inspect(order: Exclude<Order, { readonly type: 'work' }>): Promise<Inspected> {
    const answer = new Promise<Inspected>((resolve, reject) => {
      this.#listener = (said) => {
        if (said.type === 'inspected') resolve(said.inspected);
        else reject(new Error(`the worker ended while it was to ${order.type}`));
      };
    });
    await this.#order(order);
    return await answer;
  }

  async begin(work: WorkOrder, listener: (said: Said) => void): Promise<void> {
    this.#listener = listener;
    await this.#order({ type: 'work', work });
  }

  /** Resolves after it is gone, and all that it said was heard. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  async #order(order: Order): Promise<void> {
    await Promise.race([this.#ready, this.#closed]);
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  #hear(line: string): void {
    // the last one may be cut off
    if (!line.endsWith('}')) return;
    const said: Said = JSON.parse(line);
    if (said.type === 'ready') this.#becomeReady();
    else this.#listener(said);
  }
}
