// What must be true after every step. The referee sees calls and the disk only; it believes no process.
//
// R1. Who holds a lock exclusively is alone with it.
// R2. Nobody is granted a lock before every conflicting ticket that was drawn earlier is spent (first come, first served).
// R3. A ticket is spent by its owner, or when he is dead; and not while a living process holds by it.
// R4. The directory has exactly one tail, from its first moment on, and the ticket that it names can be read.
// R5. Numbers grow from ticket to ticket.

import { conflicts, parseTicket, type TicketRef } from '../../src/ticket.ts';
import type { Hold } from './call.ts';
import type { Change } from './simulated-disk.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { QUEUE } from './ticket-protocol.ts';

interface Drawn extends TicketRef {
  readonly owner: number;
}

/** A lock that a living process holds. */
export interface Holder {
  readonly pid: number;
  readonly hold: Hold;
}

export class Referee {
  /** Tickets that were drawn and are not spent, in order. */
  #queue: readonly Drawn[];
  #lastNumber: number;

  constructor(from?: Referee) {
    this.#queue = from ? from.#queue : [];
    this.#lastNumber = from ? from.#lastNumber : -1;
  }

  /** What is wrong with the changes that a process made; `undefined` as a rule. */
  judgeChanges(
    pid: number,
    machine: SimulatedMachine,
    holders: readonly Holder[],
  ): string | undefined {
    for (const change of machine.disk.changes) {
      const wrong = this.#judgeChange(pid, change, machine, holders);
      if (wrong) return wrong;
    }
    return judgeTail(machine);
  }

  /** What is wrong with a lock that was granted just now, while others hold theirs. */
  judgeGrant(granted: Holder, holders: readonly Holder[]): string | undefined {
    const { key, shared, ticket } = granted.hold;
    for (const { pid, hold } of holders) {
      if (hold === granted.hold || hold.key !== key || (hold.shared && shared)) continue;
      return `R1: processes ${pid} and ${granted.pid} both hold ${key}`;
    }
    if (ticket === undefined) return undefined;
    const at = this.#queue.findIndex(({ id }) => id === ticket);
    const own = this.#queue[at];
    if (!own) return `R3: process ${granted.pid} holds by ${ticket}, which is not in the queue`;
    const earlier = this.#queue.slice(0, at).find((other) => conflicts(other, own));
    return earlier && `R2: ${ticket} was granted before ${earlier.id} was spent`;
  }

  /** The same for the same past, as far as it matters. */
  snapshot(): string {
    return `${this.#lastNumber} ${this.#queue.map(({ id }) => id).join(' ')}`;
  }

  #judgeChange(
    pid: number,
    change: Change,
    machine: SimulatedMachine,
    holders: readonly Holder[],
  ): string | undefined {
    const { kind, id } = partsOf(change.path);
    if (kind === 'tail' && change.kind === 'rename') return this.#judgeAppend(change.to, machine);
    if (kind !== 'ticket' || change.kind === 'create') return undefined;
    const drawn = this.#queue.find((other) => other.id === id);
    if (!drawn) return undefined;
    this.#queue = this.#queue.filter((other) => other !== drawn);
    if (change.kind === 'unlink') return `R3: ${id} was removed while it stood in the queue`;
    if (machine.dead.has(drawn.owner)) return undefined;
    if (drawn.owner !== pid) return `R3: process ${pid} spent ${id} of the living ${drawn.owner}`;
    const isHeld = holders.some(({ hold }) => hold.ticket === id);
    return isHeld ? `R3: ${id} was spent while it was held` : undefined;
  }

  #judgeAppend(to: string, { disk }: SimulatedMachine): string | undefined {
    const { id, number } = partsOf(to);
    if (!(number > this.#lastNumber)) return `R5: ${number} follows ${this.#lastNumber}`;
    this.#lastNumber = number;
    const ticket = parseTicket(disk.textOf(`${QUEUE}/ticket.${id}`) ?? '', id);
    if (ticket) {
      const { key, shared, owner } = ticket;
      this.#queue = [...this.#queue, { id, key, shared, owner: owner.pid }];
    }
    return undefined;
  }
}

function judgeTail({ disk }: SimulatedMachine): string | undefined {
  if (!disk.has(QUEUE)) return undefined;
  const tails = disk.namesIn(QUEUE).filter((name) => name.startsWith('tail.'));
  const [tail, second] = tails;
  if (tail === undefined || second !== undefined) return `R4: there are ${tails.length} tails`;
  const { id } = partsOf(`${QUEUE}/${tail}`);
  const canBeRead =
    id === 'none' || disk.has(`${QUEUE}/ticket.${id}`) || disk.has(`${QUEUE}/spent.${id}`);
  return canBeRead ? undefined : `R4: the last ticket ${id} can't be read`;
}

/** Kind, ticket and number by the name of a file of the queue. */
function partsOf(path: string): { kind: string; id: string; number: number } {
  const [, kind = '', number, id = ''] = NAME.exec(path) ?? [];
  return { kind, id, number: Number(number) };
}

const NAME = new RegExp(`^${QUEUE}/(tail|ticket|spent)\\.(?:(\\d+)\\.)?([^.]+)$`);
