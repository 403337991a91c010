import { AsyncLocalStorage } from 'node:async_hooks';
import { LockError } from './errors.ts';

/** A lock that an asynchronous context took, or is about to take. */
export interface Holding {
  /** Names the lock within this process. */
  readonly lock: string;
  isHeld: boolean;
  /** What the context holds besides. */
  outer: Holding | undefined;
}

const context = new AsyncLocalStorage<Holding | undefined>();

/**
 * A new holding inside those of the calling context.
 *
 * @throws {@link LockError} `LOCK_REENTRANT` where the context holds that lock: it would wait for itself.
 */
export function nest(lock: string, path: string): Holding {
  const outer = innermostHeld(context.getStore());
  for (let holding = outer; holding; holding = holding.outer) {
    if (holding.lock === lock) throw reentrant(path);
    // those that were given back are forgotten, so that chains stay short
    holding.outer = innermostHeld(holding.outer);
  }
  return { lock, isHeld: false, outer };
}

/** Runs `work` in a context that has a holding; the context ends with it. */
export async function runHolding<T>(holding: Holding, work: () => Promise<T>): Promise<T> {
  return await context.run(holding, work);
}

/** Gives the holding to the context that calls, and to everything it starts from now on. */
export function enterHolding(holding: Holding): void {
  context.enterWith(holding);
}

function innermostHeld(holding: Holding | undefined): Holding | undefined {
  let held = holding;
  while (held && !held.isHeld) held = held.outer;
  return held;
}

function reentrant(path: string): LockError {
  const message = `${path} is locked already by the task that asks for it, which would wait for itself; pass the lock on, or start independent tasks with withLock`;
  return new LockError('LOCK_REENTRANT', path, message);
}
