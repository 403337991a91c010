import { resolve } from 'node:path';
import {
  type AcquireOptions,
  type HeldTicket,
  type TryAcquireOptions,
  takeTurn,
} from './acquire.ts';
import { hasCode, LockError } from './errors.ts';
import type { Watch } from './file-system.ts';
import { giveBack } from './give-back.ts';
import { enterHolding, type Holding, nest } from './holding.ts';
import { type LockDirectoryOptions, lockDirectoryFor } from './lock-directory.ts';
import type { TicketQueue } from './ticket-queue.ts';

/**
 * A lock that is held, by any number who share it or by one alone, among all processes of this machine that use the same
 * lock directory. It stays held until it is given back or its process is proved dead, however long that takes.
 */
export class FileSystemLock implements AsyncDisposable {
  /** Absolute path of what is locked; it need not exist. */
  readonly path: string;
  /** Whether others may hold it too, who asked for it shared. */
  readonly shared: boolean;
  /**
   * Grows with every acquisition: a storage that remembers the greatest number it was given can refuse what a holder sends
   * after it lost the lock.
   */
  readonly fencingNumber: number;
  readonly #held: HeldTicket;
  readonly #holding: Holding;
  #release: Promise<void> | undefined;
  #loss: LossWatch | undefined;

  /** @internal Use {@link FileSystemLock.acquire}. */
  constructor(path: string, held: HeldTicket, holding: Holding) {
    this.path = path;
    this.shared = held.ticket.shared;
    this.fencingNumber = held.ticket.number;
    this.#held = held;
    this.#holding = holding;
    holding.isHeld = true;
  }

  /**
   * Takes a lock, waiting for those who asked before. `withLock` is the form to reach for: it gives the lock back whatever
   * happens. A lock that is taken here belongs to the asynchronous context that calls, and to all that it starts from then
   * on, until it is given back: in those, to take it again is an error.
   *
   * @throws {@link LockError} `LOCK_TIMEOUT` with the holders; `LOCK_REENTRANT` at once; `LOCK_LOST` when the place in the
   * queue was taken away by force; `LOCK_NETWORK_FILE_SYSTEM`, `LOCK_NOT_WRITABLE`, `LOCK_DAMAGED`; the reason of `signal`
   */
  static async acquire(path: string, options: AcquireOptions = {}): Promise<FileSystemLock> {
    const holding = holdingFor(path, options);
    enterHolding(holding);
    return await acquireIn(holding, path, options);
  }

  /** As {@link FileSystemLock.acquire}, but resolves to `undefined` where it would have to wait for somebody who lives. */
  static async tryAcquire(
    path: string,
    options: TryAcquireOptions = {},
  ): Promise<FileSystemLock | undefined> {
    const holding = holdingFor(path, options);
    enterHolding(holding);
    try {
      return await acquireIn(holding, path, { ...options, timeoutMs: 0 });
    } catch (error) {
      if (hasCode(error, 'LOCK_TIMEOUT')) return undefined;
      throw error;
    }
  }

  /** Aborted when the lock is lost, with a {@link LockError} `LOCK_LOST`; the watch begins when this is first read. */
  get signal(): AbortSignal {
    // a lock that was given back can't be lost any more
    if (this.#release !== undefined && !this.#loss) return new AbortController().signal;
    this.#loss ??= new LossWatch(this.#held, this.path);
    return this.#loss.signal;
  }

  /**
   * Looks on the disk whether the lock is still held; to be called right before a change that others must see only if it is.
   *
   * @throws {@link LockError} `LOCK_LOST`
   */
  assertHeld(): void {
    if (this.#release !== undefined || !this.#held.queue.isInPlace(this.#held.ticket.id))
      throw lost(this.path);
  }

  /**
   * Gives the lock back; only this one, and as often as one likes. If the disk refuses that, it rejects, and it is tried again
   * every second.
   */
  async release(): Promise<void> {
    this.#release ??= this.#giveBack();
    await this.#release;
  }

  /** Gives the lock back, as `release()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }

  async #giveBack(): Promise<void> {
    const { queue, ticket, leave } = this.#held;
    this.#holding.isHeld = false;
    this.#loss?.stop();
    try {
      await giveBack(queue, ticket.id);
    } finally {
      leave();
    }
  }
}

/** A new holding of the lock on a path, see {@link nest}. */
export function holdingFor(path: string, options: LockDirectoryOptions): Holding {
  const directory = lockDirectoryFor(path, options);
  return nest(`${directory.path}\0${directory.keyOf(resolve(path))}`, resolve(path));
}

/** Takes a lock for a holding that exists already. */
export async function acquireIn(
  holding: Holding,
  path: string,
  options: AcquireOptions,
): Promise<FileSystemLock> {
  const directory = lockDirectoryFor(path, options);
  return new FileSystemLock(resolve(path), await takeTurn(directory, path, options), holding);
}

/** Aborts a signal when a ticket is gone. */
class LossWatch {
  readonly #controller = new AbortController();
  readonly #watch: Watch | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor({ queue, ticket }: HeldTicket, path: string) {
    const look = (): void => {
      if (isInPlace(queue, ticket.id)) return;
      this.stop();
      this.#controller.abort(lost(path));
    };
    this.#watch = queue.watch(ticket.id, look);
    // where the system does not tell
    this.#timer = setInterval(look, LOOK_MS).unref();
    look();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    this.#watch?.close();
    clearInterval(this.#timer);
  }
}

/** A disk that can't be looked at has taken nothing away yet. */
function isInPlace(queue: TicketQueue, id: string): boolean {
  try {
    return queue.isInPlace(id);
  } catch {
    return true;
  }
}

function lost(path: string): LockError {
  const message = `the lock on ${path} is not held any more; what it protected may have changed: read it anew`;
  return new LockError('LOCK_LOST', path, message);
}

const LOOK_MS = 1000;
