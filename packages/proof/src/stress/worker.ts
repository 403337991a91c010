import { readdirSync, writeSync } from 'node:fs';
import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { EnhancedFileManager, type FileSystem } from '@tgstore/core';
import { nodeFileSystem } from '@tgstore/fs';
import { createRandom, type Random, watchCalls } from '@tgstore/testkit';
import { hasCode } from '../has-code.ts';
import type { Event, Usage, Versions } from './events.ts';
import { lineWriter } from './lines.ts';

/** What a process of the stress is told when it is started. */
export interface WorkerOptions {
  readonly program: string;
  readonly storageDir: string;
  readonly log: string;
  /** A directory of its own outside the store. */
  readonly scratch: string;
  /** No other process ever has it. */
  readonly holder: number;
  /** No other process has it at the same time; messages belong to the lane that made them. */
  readonly lane: number;
  readonly seed: number;
  /** When the stress began, in milliseconds since 1970. */
  readonly since: number;
  /** How often it tells what it uses, in milliseconds; 0 for never. */
  readonly usageEveryMs: number;
  /** Lets it wait a few milliseconds before many of its calls. */
  readonly slowDisk: boolean;
}

export const MAX_LANES = 16;

/** What the programs of the stress share. */
export class Worker {
  readonly options: WorkerOptions;
  readonly random: Random;
  readonly store: EnhancedFileManager;
  readonly write: (event: Event) => void;
  #lastMessage = 0;
  #op = 0;
  #operations = 0;
  #toldAt = performance.now();

  constructor(options: WorkerOptions) {
    this.options = options;
    this.random = createRandom(options.seed);
    this.write = lineWriter<Event>(options.log);
    this.store = new EnhancedFileManager({
      storageDir: options.storageDir,
      // the kernel keeps what a killed process wrote; both orders of calls shall be cut
      durability: this.random.chance(0.3) ? 'full' : 'relaxed',
      fileSystem: options.slowDisk ? slowed(this.random) : nodeFileSystem,
      appendInPlaceFrom: 0,
      lockTimeoutMs: 60_000,
      maxBackups: 3,
    });
    writeSync(1, 'ready\n');
  }

  /** An id for a message of this lane, above those given before, and as a rule above those of others. */
  nextMessageId(isLong = false): number {
    const now = (Date.now() - this.options.since) * 1000;
    this.#lastMessage = Math.max(this.#lastMessage + 1, now);
    return (this.#lastMessage * MAX_LANES + this.options.lane) * 2 + Number(isLong);
  }

  isOwn(messageId: number): boolean {
    return Math.floor(messageId / 2) % MAX_LANES === this.options.lane;
  }

  /** Logs changes of conversations before and after they are made; with one of the codes they are not. */
  async change(
    changes: readonly { id: string; versions?: Versions; removes?: true }[],
    make: () => Promise<unknown>,
    notMade: readonly string[] = [],
  ): Promise<boolean> {
    const { holder } = this.options;
    this.begin();
    const tried = changes.map((change) => {
      this.#op += 1;
      this.write({ kind: 'try', holder, op: this.#op, ...change });
      return this.#op;
    });
    let isMade = true;
    try {
      await make();
    } catch (error) {
      if (!notMade.some((code) => hasCode(error, code))) throw error;
      isMade = false;
    }
    for (const op of tried) this.write({ kind: isMade ? 'done' : 'void', holder, op });
    return isMade;
  }

  /** Says that something begins, for who wants to kill it in the middle. */
  begin(): void {
    writeSync(1, '.');
  }

  did(what: string): void {
    this.write({ kind: 'did', what });
  }

  /** To be called after each operation, when nothing is under way. */
  async next(maxPauseMs = 0): Promise<void> {
    this.#operations += 1;
    const { usageEveryMs, holder, program } = this.options;
    if (usageEveryMs > 0 && performance.now() - this.#toldAt > usageEveryMs) {
      await this.store.close();
      this.write({ kind: 'used', holder, program, ...(await usageAfter(this.#operations)) });
      this.#toldAt = performance.now();
    }
    // the machine is for the others too
    if (maxPauseMs > 0) await delay(this.random.int(0, maxPauseMs));
  }
}

async function usageAfter(operations: number): Promise<Usage> {
  globalThis.gc?.();
  // what others let go of while it collected
  await setImmediate();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  return {
    operations,
    heapUsed,
    external,
    rss,
    descriptors: readdirSync('/proc/self/fd').length,
    resources: process.getActiveResourcesInfo().length,
    listeners: listeners.reduce((sum, count) => sum + count, 0),
  };
}

function slowed(random: Random): FileSystem {
  return watchCalls(nodeFileSystem, async () => {
    if (random.chance(0.2)) await delay(random.int(1, 8));
    return undefined;
  });
}

export function startWorker(): Worker {
  return new Worker(JSON.parse(process.argv[2] ?? '') as WorkerOptions);
}
