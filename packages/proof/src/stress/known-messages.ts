import { hasCode } from '../has-code.ts';
import { DELETED, isFleeting, versionOf } from './events.ts';
import type { Worker } from './worker.ts';

export interface KnownMessage {
  readonly messageId: number;
  version: number;
}

/** The messages of a lane that can be edited and deleted, also those of the processes that were killed before. */
export class KnownMessages {
  readonly #worker: Worker;
  readonly #known = new Map<string, KnownMessage[]>();

  constructor(worker: Worker) {
    this.#worker = worker;
  }

  /** `undefined` where the conversation is not there. */
  async of(id: string): Promise<KnownMessage[] | undefined> {
    if (!(await this.countIn(id))) return undefined;
    const known = this.#known.get(id) ?? (await this.#load(id));
    if (known) this.#known.set(id, known);
    return known;
  }

  add(id: string, messageId: number): void {
    const known = this.#known.get(id) ?? [];
    known.push({ messageId, version: 0 });
    this.#known.set(id, known);
  }

  forget(id: string, message?: KnownMessage): void {
    const left = message ? this.#known.get(id)?.filter((one) => one !== message) : undefined;
    if (left) this.#known.set(id, left);
    else this.#known.delete(id);
  }

  /** How many messages a conversation has; 0 where it is not there. */
  async countIn(id: string): Promise<number> {
    return await orIfGone(id, 0, async () => {
      return (await this.#worker.store.readMetadata(id)).message_count ?? 0;
    });
  }

  async #load(id: string): Promise<KnownMessage[] | undefined> {
    return await orIfGone(id, undefined, async () => {
      const { messages } = await this.#worker.store.loadConversation(id);
      return [...messages.values()]
        .filter((message) => this.#worker.isOwn(Number(message.id)))
        .map((message) => ({ messageId: Number(message.id), version: versionOf(message) }))
        .filter(({ version }) => version < DELETED);
    });
  }
}

async function orIfGone<T>(id: string, otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isFleeting(id) && hasCode(error, 'STORE_NOT_FOUND')) return otherwise;
    throw error;
  }
}
