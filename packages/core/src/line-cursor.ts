import type { LineSource } from './content-source.ts';
import type { MessageLine } from './structure-walk.ts';

/** Walks through messages one by one, in order, without parsing them. */
export class LineCursor {
  readonly #batches: AsyncIterator<MessageLine[]>;
  #batch: MessageLine[] = [];
  #at = 0;

  private constructor(source: LineSource) {
    this.#batches = source.lines();
  }

  /** A cursor on the first message. */
  static async start(source: LineSource): Promise<LineCursor> {
    const cursor = new LineCursor(source);
    await cursor.#nextBatch();
    return cursor;
  }

  /** The message it stands on; `undefined` at the end. */
  get line(): MessageLine | undefined {
    return this.#batch[this.#at];
  }

  /** Goes to the next message. Await what it returns, if it returns anything. */
  advance(): Promise<void> | undefined {
    this.#at += 1;
    return this.#at < this.#batch.length ? undefined : this.#nextBatch();
  }

  async #nextBatch(): Promise<void> {
    do {
      const { done, value } = await this.#batches.next();
      this.#batch = done ? [] : value;
      this.#at = 0;
      if (done) return;
    } while (this.#batch.length === 0);
  }
}
