import { isProcessToken, type ProcessToken } from './process-token.ts';

/** What one ticket must know of another. */
export interface TicketRef {
  readonly id: string;
  /** What is to be locked, relative to the lock directory. */
  readonly key: string;
  readonly shared: boolean;
}

/** A place in the queue of a lock: one holding or waiting. Its file never changes. */
export interface Ticket extends TicketRef {
  /** Grows along the queue. */
  readonly number: number;
  readonly owner: ProcessToken;
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly operation?: string | undefined;
  /** The tickets that stood before it when it was drawn, of all keys, in order. */
  readonly after: readonly TicketRef[];
}

/** Whether two tickets can't both be held. */
export function conflicts(one: TicketRef, other: TicketRef): boolean {
  return one.key === other.key && !(one.shared && other.shared);
}

/** The ticket in a file; `undefined` where that is something else. */
export function parseTicket(text: string, id: string): Ticket | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isTicket(value) && value.id === id ? value : undefined;
}

function isTicket(value: unknown): value is Ticket {
  if (!isRef(value)) return false;
  const { number, owner, since, operation, after } = value as Partial<Ticket>;
  return (
    Number.isSafeInteger(number) &&
    isProcessToken(owner) &&
    typeof since === 'string' &&
    (operation === undefined || typeof operation === 'string') &&
    Array.isArray(after) &&
    after.every(isRef)
  );
}

function isRef(value: unknown): value is TicketRef {
  if (typeof value !== 'object' || value === null) return false;
  const { id, key, shared } = value as Partial<TicketRef>;
  return (
    typeof id === 'string' &&
    TICKET_ID.test(id) &&
    typeof key === 'string' &&
    typeof shared === 'boolean'
  );
}

/** The boot in which it was drawn, see {@link bootTag}, and a random part. */
export const TICKET_ID = /^[0-9a-f]{8}-[0-9a-f]{16}$/;
