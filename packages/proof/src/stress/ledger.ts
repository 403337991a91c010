import { type Event, isRestored, type Versions } from './events.ts';

/** What the log says of one message. */
interface Entry {
  /** The greatest version that is there for sure; `undefined` where its conversation may have been deleted since. */
  acknowledged: number | undefined;
  /** The greatest version that may be there. */
  tried: number;
  /** Number of the last event that is about it. */
  at: number;
}

interface Operation {
  readonly id: string;
  readonly versions: Versions | undefined;
  readonly at: number;
  /** The conversation was being deleted meanwhile: nobody knows what came first. */
  inDoubt: boolean;
}

class Book {
  readonly entries = new Map<string, Entry>();
  readonly operations = new Map<string, Operation>();
  /** How many deletions have begun or ended, and how many are under way. */
  deletions = 0;
  deleting = 0;
}

/** What must be in a conversation, as of now. */
export interface Demand {
  readonly versions: ReadonlyMap<string, number>;
  readonly deletions: number;
}

/** What was acknowledged, what was tried: all that can and must be found in a store follows from the log. */
export class Ledger {
  readonly #books = new Map<string, Book>();
  #at = 0;

  /** How many changes were under way in the process that is dead, where it tells of one. */
  add(event: Event): number {
    this.#at += 1;
    if (event.kind === 'try') this.#begin(event);
    else if (event.kind === 'done') this.#finish(event.holder, event.op, true);
    else if (event.kind === 'void') this.#finish(event.holder, event.op, false);
    else if (event.kind === 'dead') return this.#bury(event.holder);
    return 0;
  }

  demand(id: string): Demand {
    const { entries, deletions } = this.#book(id);
    const versions = new Map<string, number>();
    for (const [key, { acknowledged }] of entries) {
      if (acknowledged !== undefined) versions.set(key, acknowledged);
    }
    return { versions, deletions };
  }

  /** What is wrong with a conversation that was read after `demand` was made, and before the log was read to its end. */
  *compare(id: string, found: ReadonlyMap<string, number>, demand: Demand): Generator<string> {
    const { entries, deletions } = this.#book(id);
    for (const [key, version] of demand.versions) {
      if (entries.get(key)?.acknowledged === undefined) continue;
      const now = found.get(key);
      if (now === undefined)
        yield `${id}: message ${key} v${version} was acknowledged, and is lost`;
      else if (now < version) {
        yield `${id}: message ${key} v${version} was acknowledged, and v${now} is there`;
      }
    }
    if (deletions !== demand.deletions) return;
    for (const [key, version] of found) {
      const tried = entries.get(key)?.tried ?? -1;
      if (version > tried)
        yield `${id}: message ${key} v${version} is there, and was never written`;
    }
  }

  /** What was found while nobody writes is what must be there from now on; nothing else comes back, but from a backup. */
  accept(id: string, found: ReadonlyMap<string, number>): void {
    const { entries } = this.#book(id);
    for (const [key, entry] of entries) {
      entry.acknowledged = found.get(key);
      if (entry.acknowledged === undefined && !isRestored(id)) entries.delete(key);
    }
  }

  #begin({ holder, op, id, versions, removes }: Extract<Event, { kind: 'try' }>): void {
    const book = this.#book(id);
    book.operations.set(`${holder} ${op}`, {
      id,
      versions: removes ? undefined : versions,
      at: this.#at,
      inDoubt: book.deleting > 0,
    });
    if (removes) {
      book.deletions += 1;
      book.deleting += 1;
      for (const entry of book.entries.values()) entry.acknowledged = undefined;
      for (const operation of book.operations.values()) operation.inDoubt = true;
    }
    for (const [key, version] of Object.entries(versions ?? {})) {
      const entry = book.entries.get(key) ?? { acknowledged: undefined, tried: version, at: 0 };
      entry.tried = Math.max(entry.tried, version);
      entry.at = this.#at;
      book.entries.set(key, entry);
    }
  }

  #finish(holder: number, op: number, isDone: boolean): void {
    const name = `${holder} ${op}`;
    for (const book of this.#books.values()) {
      const operation = book.operations.get(name);
      if (!operation) continue;
      book.operations.delete(name);
      this.#conclude(book, operation, isDone);
      return;
    }
  }

  #conclude(book: Book, { versions, at, inDoubt }: Operation, isDone: boolean): void {
    if (!versions) {
      book.deletions += 1;
      book.deleting -= 1;
      if (!isDone) return;
      // what nobody has written since the deletion began must be gone
      const written = new Set<string>();
      for (const operation of book.operations.values()) {
        for (const key of Object.keys(operation.versions ?? {})) written.add(key);
      }
      for (const [key, entry] of book.entries) {
        if (entry.at < at && !written.has(key)) book.entries.delete(key);
      }
      return;
    }
    for (const [key, version] of Object.entries(versions)) {
      const entry = book.entries.get(key);
      if (!entry) continue;
      entry.at = this.#at;
      if (!isDone || inDoubt) continue;
      entry.acknowledged = Math.max(entry.acknowledged ?? -1, version);
    }
  }

  #bury(holder: number): number {
    let count = 0;
    for (const book of this.#books.values()) {
      for (const [name, operation] of book.operations) {
        if (!name.startsWith(`${holder} `)) continue;
        book.operations.delete(name);
        this.#conclude(book, operation, false);
        count += 1;
      }
    }
    return count;
  }

  #book(id: string): Book {
    const book = this.#books.get(id) ?? new Book();
    this.#books.set(id, book);
    return book;
  }
}

/** The greater version of each message: what a restore replaced counts as long as it is kept. */
export function joinVersions(...many: readonly ReadonlyMap<string, number>[]): Map<string, number> {
  const joined = new Map<string, number>();
  for (const one of many) {
    for (const [key, version] of one) joined.set(key, Math.max(version, joined.get(key) ?? -1));
  }
  return joined;
}
