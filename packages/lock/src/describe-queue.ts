import type { LockDirectory } from './lock-directory.ts';
import type { LockInfo } from './lock-info.ts';
import { conflicts, type Ticket } from './ticket.ts';
import type { TicketQueue } from './ticket-queue.ts';

/** Who holds and who waits in a queue, in order; for one key, or for all. */
export async function describeQueue(
  directory: LockDirectory,
  queue: TicketQueue,
  key?: string,
): Promise<LockInfo[]> {
  const tickets = await queue.list(key);
  const describe = async (ticket: Ticket, index: number): Promise<LockInfo> => {
    const mustWait = tickets.slice(0, index).some((earlier) => conflicts(earlier, ticket));
    return await describeTicket(directory, ticket, mustWait ? 'waiting' : 'held');
  };
  return await Promise.all(tickets.map(describe));
}

async function describeTicket(
  directory: LockDirectory,
  ticket: Ticket,
  state: LockInfo['state'],
): Promise<LockInfo> {
  const { id, key, shared, number, owner, since, operation } = ticket;
  return {
    path: directory.pathOf(key),
    state,
    kind: shared ? 'shared' : 'exclusive',
    pid: owner.pid,
    host: owner.host,
    since,
    operation,
    liveness: await directory.judge(owner),
    fencingNumber: number,
    owner,
    ticket: id,
  };
}
