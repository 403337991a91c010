// The queue of tickets behind every lock, in one directory that any number of processes share:
//
//   tail.<number>.<id>   exactly one, empty: its name says which ticket was drawn last
//   ticket.<id>          a ticket that is held or waits; it names those that stood before it
//   spent.<id>           a ticket that was given back; kept while it is the last one, since the next must read it
//
// To draw a ticket is to write its file and then to rename the tail to one that names it: a compare-and-swap, since the
// old name is there for one rename only and no name ever comes twice. To give it back is to rename its file. A lock is held
// when every conflicting ticket that stood before it is spent.
//
// 1. Tickets form one chain: who draws names all who stand before him and are not spent.
// 2. A ticket is in its place before anybody can name it, and a spent one never comes back. So who holds a lock goes on
//    holding it whatever others draw, and an old look at the queue is as good as a new one.
// 3. A ticket is spent by its owner only, or on proof that he is dead, or by force.
// 4. Of two conflicting tickets the later one names the earlier one, or saw it spent: never are both held.
// 5. A ticket waits for earlier ones only: no cycles, and none is passed by a later one.
// 6. Who stopped between his look at the tail and his rename finds the old name gone if others went on, and looks again.
// 7. Nothing is synced but the directory, once: after a power cut every owner is dead, and a tail that names a ticket of
//    another boot that can't be read names nobody.

import { hasCode, LockError } from './errors.ts';
import type { LockFileSystem, Watch } from './file-system.ts';
import { giveBack, giveBackLater } from './give-back.ts';
import type { ProcessToken } from './process-token.ts';
import { parseTicket, TICKET_ID, type Ticket, type TicketRef } from './ticket.ts';

/** What the queue needs of the process around it. */
export interface QueueHost {
  readonly fileSystem: LockFileSystem;
  /** Whom the tickets name as their owner, as of now. */
  owner(): ProcessToken;
  /** Called before the directory is read anew: somebody may have replaced it. */
  refresh(): Promise<void>;
  isDead(owner: ProcessToken): Promise<boolean>;
  /** Eight hex digits for the boot of this machine. */
  bootTag(): string;
  /** Sixteen hex digits that nobody drew before. */
  nonce(): string;
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits between two tries, the longer the more there were. */
  pause(tries: number): Promise<void>;
  /** Runs a try that failed often, while others who fail often wait. */
  behindGate<T>(directory: string, work: () => Promise<T>): Promise<T>;
}

/** What is asked for when a ticket is drawn. */
export interface TicketRequest {
  readonly key: string;
  readonly shared: boolean;
  readonly operation?: string | undefined;
}

/** The end of the queue, as it was read or left. */
interface Tail {
  readonly number: number;
  /** `undefined` before the first ticket. */
  readonly id: string | undefined;
  /** The tickets drawn up to it, in order, itself included; some may be spent by now. */
  readonly tickets: readonly TicketRef[];
}

export class TicketQueue {
  readonly directory: string;
  readonly #host: QueueHost;
  /** What this process left; somebody else may have gone on from there. */
  #tail: Tail | undefined;
  #spentHere = new Set<string>();
  #drawing: Promise<unknown> = Promise.resolve();
  #wasSwept = false;

  constructor(directory: string, host: QueueHost) {
    this.directory = directory;
    this.#host = host;
  }

  /** Draws a ticket. Tickets of one process are drawn one after the other, so that they do not compete. */
  async draw(request: TicketRequest): Promise<Ticket> {
    const drawn = this.#drawing.then(() => this.#draw(request));
    this.#drawing = drawn.catch(() => {});
    return await drawn;
  }

  /** Whether a ticket was given back, by its owner or for him. */
  async isSpent(id: string): Promise<boolean> {
    return this.#spentHere.has(id) || !(await this.#host.fileSystem.exists(this.#ticketPath(id)));
  }

  /** As {@link isSpent}, without giving way to others: for what must follow at once. */
  isInPlace(id: string): boolean {
    return this.#host.fileSystem.existsNow(this.#ticketPath(id));
  }

  /** Tells when a ticket may have been spent; `undefined` where the system does not tell. */
  watch(id: string, onChange: () => void): Watch | undefined {
    return this.#host.fileSystem.watch(this.#ticketPath(id), onChange);
  }

  /** Gives a ticket back. Whoever does it, and how often, it touches no other one. */
  async spend(id: string): Promise<void> {
    await ignoreMissing(this.#host.fileSystem.rename(this.#ticketPath(id), this.#spentPath(id)));
    if (this.#tail?.tickets.some((ticket) => ticket.id === id)) this.#spentHere.add(id);
  }

  /** Whether the owner of a ticket is proved dead. A ticket that is gone has no owner to be dead. */
  async isAbandoned(id: string): Promise<boolean> {
    return await this.abandonmentOf(id)();
  }

  /** As {@link isAbandoned}, for who asks again and again: a ticket never changes, and is read once. */
  abandonmentOf(id: string): () => Promise<boolean> {
    let owner: ProcessToken | undefined;
    return async () => {
      if (owner === undefined) {
        const ticket = await this.#read(id, [this.#ticketPath(id)]);
        if (ticket === undefined) return false;
        if (ticket === 'unreadable') return this.#isOfAnotherBoot(id);
        owner = ticket.owner;
      }
      return await this.#host.isDead(owner);
    };
  }

  /** The tickets that are not spent, in order, of one key or all. @throws {@link LockError} `LOCK_DAMAGED` */
  async list(key?: string): Promise<Ticket[]> {
    // to look leaves no trace
    if (!(await this.#host.fileSystem.exists(this.directory))) return [];
    const { tickets } = await this.#readTail();
    const wanted = tickets.filter((ticket) => key === undefined || ticket.key === key);
    const read = await Promise.all(wanted.map(({ id }) => this.readIfHeld(id)));
    return read.filter((ticket) => ticket !== undefined);
  }

  /** A ticket, `undefined` once it is spent. @throws {@link LockError} `LOCK_DAMAGED` where its file is something else */
  async readIfHeld(id: string): Promise<Ticket | undefined> {
    const ticket = await this.#read(id, [this.#ticketPath(id)]);
    if (ticket !== 'unreadable') return ticket;
    if (this.#isOfAnotherBoot(id)) return undefined;
    const path = this.#ticketPath(id);
    const message = `${path} can't be read; remove it once the program that made it has ended`;
    throw new LockError('LOCK_DAMAGED', path, message);
  }

  /** The file that is there as long as the ticket is not spent. */
  #ticketPath(id: string): string {
    return `${this.directory}/ticket.${id}`;
  }

  async #draw(request: TicketRequest): Promise<Ticket> {
    if (!this.#wasSwept) await this.#sweep();
    for (let tries = 1; ; tries += 1) {
      const attempt = (): Promise<Ticket | undefined> => this.#tryToDraw(request);
      const ticket =
        tries > TRIES_BEFORE_GATE
          ? await this.#host.behindGate(this.directory, attempt)
          : await attempt();
      if (ticket) return ticket;
      await this.#host.pause(tries);
    }
  }

  async #tryToDraw(request: TicketRequest): Promise<Ticket | undefined> {
    const tail = this.#tail ?? (await this.#readTail());
    this.#tail = undefined;
    const after = await this.#unspent(tail.tickets, request.key);
    const ticket = this.#newTicket(request, tail.number, after);
    if (!(await this.#write(ticket))) return undefined;
    if (!(await this.#append(tail, ticket))) {
      await this.#discard(ticket);
      return undefined;
    }
    const tickets = [...after, refTo(ticket)];
    const { id, number } = ticket;
    this.#tail = { number, id, tickets };
    this.#spentHere = new Set(
      [...this.#spentHere].filter((spent) => tickets.some(({ id }) => id === spent)),
    );
    await this.#removeSpent(
      tail.tickets.filter((earlier) => !tickets.some(({ id }) => id === earlier.id)),
    );
    return ticket;
  }

  #newTicket({ key, shared, operation }: TicketRequest, last: number, after: TicketRef[]): Ticket {
    const { bootTag, nonce, now, owner } = this.#host;
    const time = now();
    return {
      id: `${bootTag()}-${nonce()}`,
      key,
      shared,
      // follows the clock, so that it grows even where a power cut took the last numbers back
      number: Math.max(last + 1, time * 1000),
      owner: owner(),
      since: new Date(time).toISOString(),
      ...(operation !== undefined && { operation }),
      after,
    };
  }

  /** Removes a ticket that was not drawn. */
  async #discard({ id }: Ticket): Promise<void> {
    try {
      await ignoreMissing(this.#host.fileSystem.unlink(this.#ticketPath(id)));
    } catch {
      giveBackLater(this, id);
    }
  }

  /** Resolves to `false` where the directory is gone. */
  async #write(ticket: Ticket): Promise<boolean> {
    const { fileSystem } = this.#host;
    const path = this.#ticketPath(ticket.id);
    try {
      await fileSystem.create(path, JSON.stringify(ticket));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      // a full disk takes the name and not the text
      await fileSystem.unlink(path).catch(() => {});
      throw error;
    }
  }

  /** The compare-and-swap. */
  async #append(tail: Tail, ticket: Ticket): Promise<boolean> {
    try {
      await this.#host.fileSystem.rename(this.#tailPath(tail), this.#tailPath(ticket));
      return true;
    } catch (error) {
      // a server that answers twice says ENOENT for what it has done: only the queue itself can tell
      if (await this.#isDrawn(ticket)) return true;
      if (hasCode(error, 'ENOENT')) return false;
      // it may still happen: then the next one must find the ticket, and find it spent
      await giveBack(this, ticket.id);
      throw error;
    }
  }

  async #isDrawn({ id }: Ticket): Promise<boolean> {
    try {
      const { tickets } = await this.#readTail();
      return tickets.some((ticket) => ticket.id === id);
    } catch (error) {
      // nobody can say: nobody shall wait for it
      await giveBack(this, id);
      throw error;
    }
  }

  async #unspent(tickets: readonly TicketRef[], key: string): Promise<TicketRef[]> {
    const left: TicketRef[] = [];
    for (const ticket of tickets) if (!(await this.isSpent(ticket.id))) left.push(ticket);
    // who waits for the same key looks after his own; nobody else might ever look at the others
    const stranger = left.find((ticket) => ticket.key !== key);
    if (!stranger || !(await this.isAbandoned(stranger.id))) return left;
    await this.spend(stranger.id);
    return left.filter((ticket) => ticket !== stranger);
  }

  async #removeSpent(tickets: readonly TicketRef[]): Promise<void> {
    for (const { id } of tickets) {
      // what stays behind is swept by the next process
      await this.#host.fileSystem.unlink(this.#spentPath(id)).catch(() => {});
    }
  }

  /** Removes what killed processes left: tickets that were never drawn, and spent ones that nobody will read. */
  async #sweep(): Promise<void> {
    const { fileSystem } = this.#host;
    const names = await ignoreMissing(fileSystem.list(this.directory));
    const spent: string[] = [];
    const tickets: string[] = [];
    for (const name of names ?? []) {
      const [, kind, id = ''] = /^(ticket|spent)\.(.+)$/.exec(name) ?? [];
      if (!TICKET_ID.test(id)) continue;
      if (kind === 'spent') spent.push(id);
      else if (await this.isAbandoned(id)) tickets.push(id);
    }
    // read after all of that: what is not in the queue by now will never be
    const tail = await this.#readTail();
    const isUnused = (id: string): boolean => !tail.tickets.some((ticket) => ticket.id === id);
    const paths = [
      ...spent.filter(isUnused).map((id) => this.#spentPath(id)),
      ...tickets.filter(isUnused).map((id) => this.#ticketPath(id)),
    ];
    for (const path of paths) await fileSystem.unlink(path).catch(() => {});
    this.#wasSwept = true;
  }

  async #readTail(): Promise<Tail> {
    const { fileSystem, refresh, pause } = this.#host;
    let problem = 'it names no last ticket';
    for (let tries = 1; tries <= MAX_READS; tries += 1) {
      await refresh();
      const names = await ignoreMissing(fileSystem.list(this.directory));
      const last = names ? lastTail(names) : await this.#initialize();
      if (last?.id === undefined) {
        if (last) return { ...last, id: undefined, tickets: [] };
        // a directory that is read while a name changes can miss both the old and the new one
        await pause(tries);
        continue;
      }
      const { number, id } = last;
      const ticket = await this.#read(id, [this.#ticketPath(id), this.#spentPath(id)]);
      if (ticket !== undefined && ticket !== 'unreadable') {
        const { after } = ticket;
        return { number, id, tickets: [...after, refTo(ticket)] };
      }
      if (this.#isOfAnotherBoot(id) && (ticket === 'unreadable' || tries > READS_BEFORE_LOST)) {
        return { number, id, tickets: [] };
      }
      problem = `its last ticket ${id} can't be read`;
      // as a rule it is gone because others went on
      await pause(tries);
    }
    throw new LockError(
      'LOCK_DAMAGED',
      this.directory,
      `${this.directory}: ${problem}; when no program uses these locks, remove that directory`,
    );
  }

  async #read(id: string, paths: readonly string[]): Promise<Ticket | 'unreadable' | undefined> {
    for (const path of paths) {
      try {
        return parseTicket(await this.#host.fileSystem.read(path), id) ?? 'unreadable';
      } catch (error) {
        // a directory, a link or a pipe in its place
        if (hasCode(error, 'EISDIR', 'ELOOP', 'EMLINK', 'EINVAL', 'ENXIO')) return 'unreadable';
        if (!hasCode(error, 'ENOENT')) throw error;
      }
    }
    return undefined;
  }

  /** Makes the directory with its first tail in it, in one step. */
  async #initialize(): Promise<ReturnType<typeof lastTail>> {
    const { fileSystem, nonce, owner } = this.#host;
    // named for its maker, so that others can tell whether he still needs it
    const [maker] = /^process\.[0-9a-f-]+$/.exec(owner().presence ?? '') ?? ['process'];
    const fresh = `${this.directory}.${maker}.${nonce()}.new`;
    const tail = `${fresh}/tail.0.${NOBODY}`;
    try {
      await fileSystem.makeDirectory(fresh);
      await fileSystem.create(tail, '');
      await fileSystem.sync(fresh);
      // fails where the directory is there by now, since it is never empty
      await fileSystem.rename(fresh, this.directory);
    } catch (error) {
      await ignoreMissing(fileSystem.unlink(tail));
      await ignoreMissing(fileSystem.removeDirectory(fresh));
      // whatever the answer was: who made it made it whole
      if (!(await fileSystem.exists(this.directory))) throw error;
    }
    return lastTail(await fileSystem.list(this.directory));
  }

  #isOfAnotherBoot(id: string): boolean {
    return !id.startsWith(this.#host.bootTag());
  }

  #tailPath({ number, id }: { readonly number: number; readonly id: string | undefined }): string {
    return `${this.directory}/tail.${number}.${id ?? NOBODY}`;
  }

  #spentPath(id: string): string {
    return `${this.directory}/spent.${id}`;
  }
}

/** The last ticket by the names in a directory. A power cut can leave two tails; the later one has it. */
function lastTail(
  names: readonly string[],
): { readonly number: number; readonly id: string | undefined } | undefined {
  let last: { number: number; id: string | undefined } | undefined;
  for (const name of names) {
    const [, digits, id] = /^tail\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (digits === undefined || id === undefined) continue;
    const number = Number(digits);
    if (!last || number > last.number) last = { number, id: id === NOBODY ? undefined : id };
  }
  return last;
}

function refTo({ id, key, shared }: TicketRef): TicketRef {
  return { id, key, shared };
}

async function ignoreMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

const NOBODY = 'none';
const TRIES_BEFORE_GATE = 3;
const MAX_READS = 60;
const READS_BEFORE_LOST = 10;
