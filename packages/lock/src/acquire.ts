import { resolve } from 'node:path';
import { describeQueue } from './describe-queue.ts';
import { LockError } from './errors.ts';
import { giveBack } from './give-back.ts';
import type { LockDirectory, LockDirectoryOptions } from './lock-directory.ts';
import type { LockInfo } from './lock-info.ts';
import { conflicts, type Ticket } from './ticket.ts';
import type { TicketQueue } from './ticket-queue.ts';
import { untilSpent } from './wait.ts';

/** Options of {@link FileSystemLock.tryAcquire}. */
export interface TryAcquireOptions extends LockDirectoryOptions {
  /** Lets others in who ask for it shared too. @default false */
  readonly shared?: boolean | undefined;
  /** What it is for, shown to those who wait: `import`. */
  readonly operation?: string | undefined;
}

/** Options of {@link FileSystemLock.acquire} and {@link withLock}. */
export interface AcquireOptions extends TryAcquireOptions {
  /** How long to wait for others, in milliseconds. `0` fails at once, `Infinity` never. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Stops waiting; rejects with `signal.reason`, and no trace is left in the queue. */
  readonly signal?: AbortSignal | undefined;
  /** Called once when it has waited half a second for others on the disk, with the first who holds the lock. */
  readonly onWait?: ((holder: LockInfo) => void) | undefined;
}

/** A ticket whose turn it is. */
export interface HeldTicket {
  readonly queue: TicketQueue;
  readonly ticket: Ticket;
  /** Makes way for the next in this process. */
  readonly leave: () => void;
}

/** Stands in line, first in this process and then on the disk, until it is its turn. */
export async function takeTurn(
  directory: LockDirectory,
  path: string,
  options: AcquireOptions,
): Promise<HeldTicket> {
  const { shared = false, timeoutMs = 10_000, signal, operation, onWait } = options;
  if (!(timeoutMs >= 0))
    throw new TypeError('timeoutMs must be a number of milliseconds, 0 or more');
  signal?.throwIfAborted();
  const key = directory.keyOf(resolve(path));
  using deadline = new Deadline(timeoutMs, signal);
  const exit = directory.enter();
  try {
    const makeWay = await directory.enterMemoryQueue(key, shared, deadline.signal);
    const leave = (): void => {
      makeWay();
      exit();
    };
    try {
      await directory.open();
      const queue = directory.queueOf(key);
      const ticket = await queue.draw({ key, shared, operation });
      await untilTurn(directory, { queue, ticket }, deadline.signal, onWait);
      return { queue, ticket, leave };
    } catch (error) {
      leave();
      throw error;
    }
  } catch (error) {
    exit();
    if (signal?.aborted && error === signal.reason) throw error;
    if (error !== TIMED_OUT) throw directory.explain(error);
    throw await timedOut(directory, { path: resolve(path), key, shared, timeoutMs });
  }
}

async function untilTurn(
  directory: LockDirectory,
  { queue, ticket }: Pick<HeldTicket, 'queue' | 'ticket'>,
  signal: AbortSignal,
  onWait: AcquireOptions['onWait'],
): Promise<void> {
  const earlier = ticket.after.filter((other) => conflicts(other, ticket));
  if (earlier.length === 0) return;
  const tellAt = onWait ? performance.now() + PATIENCE_MS : Number.POSITIVE_INFINITY;
  let wasTold = false;
  const tell = async (): Promise<void> => {
    if (wasTold || performance.now() < tellAt) return;
    wasTold = true;
    const [holder] = await describeQueue(directory, queue, ticket.key);
    if (holder && holder.ticket !== ticket.id) onWait?.(holder);
  };
  try {
    // the nearest first: so each watches another one, and a ticket that is given back wakes the next one only
    for (const { id } of earlier.toReversed()) await untilSpent(queue, id, signal, tell);
    if (!(await queue.isSpent(ticket.id))) return;
  } catch (error) {
    await giveBack(queue, ticket.id);
    throw error;
  }
  const path = directory.pathOf(ticket.key);
  const message = `the place in the queue for ${path} was taken away by force; ask again`;
  throw new LockError('LOCK_LOST', path, message);
}

async function timedOut(
  directory: LockDirectory,
  wanted: { path: string; key: string; shared: boolean; timeoutMs: number },
): Promise<LockError> {
  const { path, key, shared, timeoutMs } = wanted;
  const infos = await describeQueue(directory, directory.queueOf(key), key);
  const held = infos.filter(({ state }) => state === 'held');
  const inTheWay = held.filter(({ kind }) => !shared || kind === 'exclusive');
  // else it was one who waits for them
  const holders = inTheWay.length > 0 ? inTheWay : held;
  const message = `${path} could not be locked within ${timeoutMs / 1000} s: ${nameHolders(holders)}; try again later, or wait longer`;
  return new LockError('LOCK_TIMEOUT', path, message, { holders });
}

function nameHolders(holders: readonly LockInfo[]): string {
  const [first] = holders;
  if (!first) return 'others were served first';
  const others = holders.length > 1 ? ` and ${holders.length - 1} more` : '';
  return `held by ${nameHolder(first)}${others}`;
}

/** `process 4711 on alpha (import) since 2026-11-23T01:45:00.000Z` */
export function nameHolder({ pid, host, operation, since, liveness }: LockInfo): string {
  const doing = operation === undefined ? '' : ` (${operation})`;
  const doubt = liveness === 'unknown' ? ', which may be dead' : '';
  return `process ${pid} on ${host}${doing} since ${since}${doubt}`;
}

/** Aborts at a time, or with another signal. */
class Deadline implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#controller.abort(this.#outer?.reason);

  constructor(timeoutMs: number, outer: AbortSignal | undefined) {
    this.#outer = outer;
    outer?.addEventListener('abort', this.#onAbort, { once: true });
    const expire = (): void => this.#controller.abort(TIMED_OUT);
    if (timeoutMs === 0) expire();
    else if (timeoutMs < MAX_TIMER_MS) this.#timer = setTimeout(expire, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener('abort', this.#onAbort);
  }
}

const TIMED_OUT = Symbol('timed out');
const PATIENCE_MS = 500;
/** What timers of Node can wait at most; longer is as good as for ever. */
const MAX_TIMER_MS = 2 ** 31 - 1;
