import type { Participant } from '@tgstore/schema';

/** Who wrote in a conversation, by the names they first had, up to a thousand of them. */
export class People {
  readonly #names = new Map<string, string | null>();
  #last = '';

  add(id: string, name: string | null | undefined): void {
    // most messages follow another of the same person
    if (id === this.#last) return;
    this.#last = id;
    const known = this.#names.get(id);
    if (known || (known === undefined && this.#names.size >= MAX_PARTICIPANTS)) return;
    this.#names.set(id, name ?? null);
  }

  list(): Participant[] {
    return [...this.#names].map(([id, name]) => ({ id, first_name: name }));
  }
}

const MAX_PARTICIPANTS = 1000;
