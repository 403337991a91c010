import type { Call, Outcome } from './call.ts';

/** What a process may remember of its past: of two pasts with the same memory at the same point, one is enough. */
export interface Memory {
  /** Once it has written a ticket, it lists the directory for the sake of the tail only. */
  readonly hasWritten: boolean;
  /** How many tickets it could not draw. */
  readonly failedTries: number;
  /** The tails that it saw last. */
  readonly tails: string;
  /** The ticket that it read first after that: the last one of the queue. */
  readonly lastTicket: string | undefined;
  /** What it wrote and tried to draw, after which ticket, and what came of it. */
  readonly attempt: string;
  /** How often it has listed the directory to find the end of the queue. */
  readonly listings: number;
  /** The wait in which it slept last. */
  readonly wait: { readonly watch: number; readonly name: string } | undefined;
}

/** One step of a process, and what it does next. */
export interface Step {
  readonly call: Call | undefined;
  readonly outcome: Outcome;
  readonly next: Call | undefined;
  /** Number of the watch that it keeps. */
  readonly watch: number | undefined;
  /** How many it drew so far. */
  readonly nonces: number;
}

export const NO_MEMORY: Memory = {
  hasWritten: false,
  failedTries: 0,
  tails: '',
  lastTicket: undefined,
  attempt: '',
  listings: 0,
  wait: undefined,
};

/** The memory after a step. `freshName` is a name for a wait that begins with it. */
export function remember(memory: Memory, step: Step, freshName: string): Memory {
  const { call, outcome, next, watch } = step;
  const value = 'value' in outcome ? outcome.value : undefined;
  let { hasWritten, failedTries, tails, lastTicket, attempt, listings, wait } = memory;
  if (isListing(call)) {
    lastTicket = undefined;
    tails = namesIn(value)
      .filter((name) => name.startsWith('tail.'))
      .join();
    listings += 1;
  } else if (call?.name === 'read') {
    if (typeof value === 'string') lastTicket ??= value;
  } else if (call?.name !== 'openListing' && call?.name !== 'pause') {
    listings = 0;
  }
  if (isWrittenTicket(call)) {
    hasWritten = true;
    attempt = `${lastTicket} ${call.text}`;
  }
  if (call?.name === 'rename') attempt += 'code' in outcome ? outcome.code : 'done';
  if (call?.name === 'unlink' && next?.name === 'pause') {
    failedTries += 1;
    attempt = '';
  }
  if (next?.name === 'timer' && watch !== undefined && watch !== wait?.watch) {
    wait = { watch, name: freshName };
  }
  return { hasWritten, failedTries, tails, lastTicket, attempt, listings, wait };
}

/**
 * A name for what is the same after different pasts, as `ticket-queue.ts` and `wait.ts` show; `undefined` where nothing is
 * known. It holds for the first ticket of a process, and for a later one as long as all before it was the same.
 */
export function meaningOf(step: Step, memory: Memory): string | undefined {
  const { call, outcome, next, nonces } = step;
  const { hasWritten, failedTries, tails, lastTicket, attempt, listings, wait } = memory;
  // `untilSpent`: a look that changed nothing leaves nothing behind
  if (next?.name === 'timer') return wait?.name;
  // the end of `#sweep`: it alone lists again after it read the last ticket, or has removed something
  const wasRead = call?.name === 'read' && 'value' in outcome;
  if ((next?.name === 'list' || next?.name === 'openListing') && (wasRead || isUnlink(call))) {
    return `swept ${failedTries} ${nonces}`;
  }
  // `#tryToDraw`: all that it knows goes into the ticket, but for the tail, which it read last
  if (isWrittenTicket(next)) return `writes ${failedTries} ${nonces} ${lastTicket} ${next.text}`;
  // `#readTail`, in `#tryToDraw` or in `#append`: of a listing it keeps the tail
  if (next?.name === 'read' && hasWritten && listings > 0 && lastTicket === undefined) {
    return `reads ${next.path} ${tails} ${failedTries} ${nonces} ${listings} ${attempt}`;
  }
  return undefined;
}

function isListing(call: Call | undefined): boolean {
  return call?.name === 'list' || call?.name === 'readListing';
}

function isUnlink(call: Call | undefined): boolean {
  return call?.name === 'unlink';
}

function isWrittenTicket(call: Call | undefined): call is Call & { readonly name: 'create' } {
  return call?.name === 'create' && call.path.includes('/ticket.');
}

function namesIn(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
