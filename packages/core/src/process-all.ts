import { setTimeout as delay } from 'node:timers/promises';
import { describeProcessGroup } from '@tgstore/lock';
import type { Conversation, Message } from '@tgstore/schema';
import {
  type ClaimedConversation,
  claimConversation,
  finishClaim,
  joinClaim,
  type NotClaimed,
  releaseClaim,
} from './claims.ts';
import { each } from './each.ts';
import { joinErrors } from './errors.ts';
import { joinRanges, rangeOf } from './id-ranges.ts';
import type { MessageRange } from './message-range.ts';
import type { Changes } from './read-changes.ts';
import type { ProcessingFailure } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** A conversation that is handed over to be processed: one snapshot, however long it takes. */
export interface ConversationInHand {
  /** Its id. */
  readonly id: string;
  /** Absolute path of its file when it was handed over; its status may change it. */
  readonly path: string;
  /** The whole conversation, in memory. */
  load(): Promise<Conversation>;
  /** Its messages in order, in bounded memory. */
  messages(range?: MessageRange): AsyncGenerator<Message>;
  /** Those of its messages that were added or edited since it was processed last, in order; only these are read. */
  changedMessages(): AsyncGenerator<Message>;
  /** The bytes of its file. */
  bytes(): AsyncGenerator<Uint8Array>;
  /**
   * Says that the process group which `pid` leads works on it too: should this process die, nobody else is given the conversation
   * before the group has ended.
   */
  shareWith(pid: number): Promise<void>;
}

/** What a {@link Processor} is told beside the conversation. */
export interface ProcessingContext {
  /** What changed since it was processed last. */
  readonly changes: Changes;
  /** Aborted when the work shall stop at once. */
  readonly signal: AbortSignal;
  /** 1 for the first time with this content. */
  readonly attempt: number;
}

/** Processes one conversation; what it returns is the `value` of its result. To throw is to fail. */
export type Processor<T> = (
  conversation: ConversationInHand,
  context: ProcessingContext,
) => T | Promise<T>;

/**
 * What became of a conversation: `processed`; `failed`; `changed` where it kept changing while it was processed, so that something is
 * left; `claimed` where another process has it in hand; `waiting` for its next attempt; `exhausted` after too many; `stopped`
 * where a signal came before it could end in another way; `gone` where it was deleted, or marked by somebody else, before its turn.
 */
export interface ProcessingResult<T> {
  /** What became of it. */
  readonly status:
    | 'processed'
    | 'failed'
    | 'changed'
    | 'claimed'
    | 'waiting'
    | 'exhausted'
    | 'stopped'
    | 'gone';
  /** What the processor returned last. */
  readonly value?: T | undefined;
  /** What was thrown, where it `failed`. */
  readonly error?: unknown;
  /** How often the processor was called. */
  readonly attempts: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** A conversation that is done with, in this run. */
export interface ProcessingEvent<T> {
  /** Its id. */
  readonly id: string;
  /** What became of it. */
  readonly result: ProcessingResult<T>;
  /** Conversations of this run that are done with. */
  readonly done: number;
  /** Conversations of this run. */
  readonly total: number;
}

/** Options of {@link EnhancedFileManager.processAllUnprocessed}. */
export interface ProcessOptions<T = unknown> {
  /** How many conversations are in hand at a time. @default 4 */
  readonly concurrency?: number | undefined;
  /** How often one that fails is tried again in this run, after `backoff`. @default 0 */
  readonly retries?: number | undefined;
  /**
   * How long to wait after so many failures in a row, in milliseconds; also between runs. @default 1 s, doubled with each failure up
   * to an hour
   */
  readonly backoff?: ((failures: number) => number) | undefined;
  /** After so many failures in a row a conversation is left alone until it changes or `retryFailed` is set. @default 10 */
  readonly maxAttempts?: number | undefined;
  /** Takes those that failed before, too, at once. @default false */
  readonly retryFailed?: boolean | undefined;
  /** Only these conversations. @default every unprocessed one */
  readonly ids?: readonly string[] | undefined;
  /** Takes no more conversations once it is aborted; those in hand are finished. */
  readonly drainSignal?: AbortSignal | undefined;
  /** Stops at once: it aborts the signal that processors get, and what they have in hand stays unprocessed. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation. */
  readonly onProgress?: ((event: ProcessingEvent<T>) => void) | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/** Hands every unprocessed conversation to `work`; see `EnhancedFileManager.processAllUnprocessed`. */
export async function processAll<T>(
  store: StoreDirectory,
  work: Processor<T>,
  options: ProcessOptions<T>,
): Promise<Map<string, ProcessingResult<T>>> {
  const { concurrency = 4, onProgress } = options;
  const wanted = options.ids && new Set(options.ids);
  const listed = await store.list({ settled: true });
  const ids = listed
    .filter(({ id, status }) => status === 'unprocessed' && (!wanted || wanted.has(id)))
    .map(({ id }) => id);
  const results = new Map<string, ProcessingResult<T>>();
  const processor = new OneProcessor(store, work, options);
  const takeOne = async (id: string): Promise<void> => {
    const result = await processor.process(id);
    results.set(id, result);
    onProgress?.({ id, result, done: results.size, total: ids.length });
  };
  await each(ids, takeOne, { concurrency });
  return results;
}

type Outcome<T> = Omit<ProcessingResult<T>, 'durationMs' | 'attempts'>;

/** Takes conversations in hand, one at a call, with the retries of one run. */
export class OneProcessor<T> {
  readonly #store: StoreDirectory;
  readonly #work: Processor<T>;
  readonly #retries: number;
  readonly #backoff: (failures: number) => number;
  readonly #signal: AbortSignal;
  readonly #stop: AbortSignal;
  readonly #claimOptions: { maxAttempts: number; retryFailed: boolean; now: () => number };

  constructor(
    store: StoreDirectory,
    work: Processor<T>,
    {
      retries = 0,
      backoff = doubling,
      maxAttempts = 10,
      retryFailed = false,
      signal = new AbortController().signal,
      drainSignal = signal,
      now = Date.now,
    }: ProcessOptions<T>,
  ) {
    this.#store = store;
    this.#work = work;
    this.#retries = retries;
    this.#backoff = backoff;
    this.#signal = signal;
    this.#stop = AbortSignal.any([signal, drainSignal]);
    this.#claimOptions = { maxAttempts, retryFailed, now };
  }

  async process(id: string): Promise<ProcessingResult<T>> {
    const start = performance.now();
    const outcome = await this.#process(id);
    return { ...outcome, durationMs: performance.now() - start };
  }

  /** Until nothing is left of it, or it failed too often, or a signal comes. */
  async #process(id: string): Promise<Omit<ProcessingResult<T>, 'durationMs'>> {
    let attempts = 0;
    let failures = 0;
    let last: Outcome<T> = { status: 'stopped' };
    for (let rounds = 0; rounds < MAX_ROUNDS && !this.#stop.aborted; ) {
      const claimed = await this.#claim(id, failures > 0);
      if (claimed instanceof Failure) return { status: 'failed', error: claimed.error, attempts };
      if (typeof claimed === 'string') {
        return { status: afterwards(claimed, attempts), value: last.value, attempts };
      }
      attempts += 1;
      last = await this.#attempt(claimed);
      if (last.status === 'changed') {
        rounds += 1;
        failures = 0;
      } else if (last.status === 'failed' && this.#mayRetry(claimed, failures)) {
        failures += 1;
        await this.#wait(this.#backoff(claimed.attempts + 1));
      } else break;
    }
    return { ...last, attempts };
  }

  #mayRetry({ attempts }: ClaimedConversation, failures: number): boolean {
    const { retryFailed, maxAttempts } = this.#claimOptions;
    return failures < this.#retries && (retryFailed || attempts + 1 < maxAttempts);
  }

  async #claim(id: string, isRetry: boolean): Promise<ClaimedConversation | NotClaimed | Failure> {
    try {
      const { retryFailed, ...options } = this.#claimOptions;
      return await claimConversation(this.#store, id, {
        ...options,
        retryFailed: retryFailed || isRetry,
      });
    } catch (error) {
      return new Failure(error);
    }
  }

  async #attempt(claimed: ClaimedConversation): Promise<Outcome<T>> {
    await using _file = claimed.file;
    let value: T;
    try {
      const { changes, attempts } = claimed;
      const context = { changes, signal: this.#signal, attempt: attempts + 1 };
      value = await this.#work(handOver(this.#store, claimed), context);
    } catch (error) {
      return await this.#giveBack(claimed, error);
    }
    try {
      const isProcessed = await finishClaim(this.#store, claimed);
      return { status: isProcessed ? 'processed' : 'changed', value };
    } catch (error) {
      return await this.#giveBack(claimed, error);
    }
  }

  async #giveBack(
    claimed: ClaimedConversation,
    error: unknown,
  ): Promise<{ readonly status: 'failed' | 'stopped'; readonly error?: unknown }> {
    const wasStopped = this.#signal.aborted;
    try {
      await releaseClaim(
        this.#store,
        claimed,
        wasStopped ? undefined : this.#failure(claimed, error),
      );
    } catch (second) {
      // for others it is ours until this process ends; we may take it again
      this.#store.abandonedClaims.add(claimed.claim.id);
      return { status: 'failed', error: joinErrors([error, second]) };
    }
    return wasStopped ? { status: 'stopped' } : { status: 'failed', error };
  }

  #failure({ attempts, version }: ClaimedConversation, error: unknown): ProcessingFailure {
    const now = this.#claimOptions.now();
    const { code } = (error ?? {}) as { code?: unknown };
    return {
      attempts: attempts + 1,
      error: {
        ...(typeof code === 'string' && { code }),
        message: messageOf(error).slice(0, MAX_ERROR_LENGTH),
      },
      at: new Date(now).toISOString(),
      next_attempt: new Date(now + this.#backoff(attempts + 1)).toISOString(),
      content: version,
    };
  }

  async #wait(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.#stop }).catch(() => {});
  }
}

class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

function afterwards(reason: NotClaimed, attempts: number): ProcessingResult<never>['status'] {
  if (reason === 'finished') return 'processed';
  // after an attempt of ours, another process has done what was left
  if (reason === 'done') return attempts > 0 ? 'processed' : 'gone';
  return reason;
}

function handOver(
  store: StoreDirectory,
  { id, claim, file, changes }: ClaimedConversation,
): ConversationInHand {
  return {
    id,
    path: file.path,
    load: () => file.load(),
    messages: (range) => file.messages(range),
    async *changedMessages() {
      const { everything, added, edited } = changes;
      const ranges = joinRanges([...added, ...edited.map(rangeOf)]);
      const candidates = everything ? file.messages() : file.messagesWithin(ranges);
      for await (const message of candidates) {
        // in a range that came there may be a tombstone
        if (changes.includes(message.id)) yield message;
      }
    },
    bytes: () => file.bytes(),
    async shareWith(pid) {
      const holder = await describeProcessGroup(pid, { directory: store.layout.locksDirectory });
      await joinClaim(store, id, claim, holder);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function doubling(failures: number): number {
  return Math.min(1000 * 2 ** (failures - 1), 60 * 60 * 1000);
}

/** How often one that changes while it is processed is taken again in one run. */
const MAX_ROUNDS = 10;
const MAX_ERROR_LENGTH = 2000;
