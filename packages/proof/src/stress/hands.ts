import { type Event, isRestored, type Versions } from './events.ts';

/** Who had which conversation in hand, and what was done with it, by the log. */
export class Hands {
  readonly #holders = new Map<string, number>();
  readonly #killed = new Set<number>();
  readonly #given = new Map<string, Versions>();
  readonly #finished = new Map<string, Map<string, number>>();
  readonly #everFinished = new Map<string, Set<string>>();
  /** Conversations that a killed process had in hand, until another one takes them. */
  readonly #orphans = new Set<string>();
  readonly counts = { begun: 0, finished: 0, cutOff: 0, takenOver: 0 };

  /** Yields what must not be. */
  *add(event: Event): Generator<string> {
    if (event.kind === 'kill') this.#kill(event.holder);
    else if (event.kind === 'dead') this.#bury(event.holder);
    else if (event.kind === 'begin') yield* this.#begin(event);
    else if (event.kind === 'given') {
      this.#given.set(`${event.holder} ${event.id}`, event.versions);
    } else if (event.kind === 'end') this.#end(event);
  }

  /** What is wrong with a conversation that is marked as processed: nobody changes it meanwhile. */
  *compare(id: string, found: ReadonlyMap<string, number>): Generator<string> {
    const finished = this.#finished.get(id);
    for (const [key, version] of found) {
      const last = finished?.get(key);
      // a backup brings back what was processed earlier
      if (isRestored(id) && this.#everFinished.get(id)?.has(`${key} ${version}`)) continue;
      if (last === version) continue;
      yield `${id}: message ${key} v${version} is marked as processed, and its processor had ${last === undefined ? 'none' : `v${last}`}`;
    }
  }

  /** Forgets what is there no more: the log of an hour is long. */
  retain(id: string, found: ReadonlyMap<string, number>): void {
    const finished = this.#finished.get(id);
    for (const key of finished?.keys() ?? []) if (!found.has(key)) finished?.delete(key);
  }

  *#begin({ holder, id }: Extract<Event, { kind: 'begin' }>): Generator<string> {
    // what it still wrote before it was dead
    if (this.#killed.has(holder)) return;
    const other = this.#holders.get(id);
    if (other !== undefined) yield `${id} was in the hands of ${other} and ${holder} at a time`;
    this.counts.begun += 1;
    if (this.#orphans.delete(id)) this.counts.takenOver += 1;
    this.#holders.set(id, holder);
  }

  #end({ holder, id, ok }: Extract<Event, { kind: 'end' }>): void {
    if (this.#holders.get(id) === holder) this.#holders.delete(id);
    const name = `${holder} ${id}`;
    const given = this.#given.get(name);
    this.#given.delete(name);
    if (!ok) return;
    this.counts.finished += 1;
    const finished = this.#finished.get(id) ?? new Map<string, number>();
    const ever = this.#everFinished.get(id) ?? new Set<string>();
    for (const [key, version] of Object.entries(given ?? {})) {
      finished.set(key, version);
      if (isRestored(id)) ever.add(`${key} ${version}`);
    }
    this.#finished.set(id, finished);
    this.#everFinished.set(id, ever);
  }

  #kill(killed: number): void {
    this.#killed.add(killed);
    for (const [id, holder] of this.#holders) {
      if (holder !== killed) continue;
      this.#holders.delete(id);
      this.#orphans.add(id);
      this.counts.cutOff += 1;
    }
  }

  #bury(holder: number): void {
    this.#killed.delete(holder);
    for (const name of this.#given.keys()) {
      if (name.startsWith(`${holder} `)) this.#given.delete(name);
    }
  }
}
