import type { ServerEvents } from '../../../src/api/index.ts';
import type { TestExplorer } from './explorer.ts';

export interface ServerEvent<Name extends keyof ServerEvents = keyof ServerEvents> {
  readonly event: Name;
  readonly data: ServerEvents[Name];
}

/** The events of a stream, from the first on; `await using` goes away. */
export class EventReader implements AsyncDisposable {
  readonly #reader: ReadableStreamDefaultReader<string>;
  readonly #gone: AbortController;
  #rest = '';

  private constructor(reader: ReadableStreamDefaultReader<string>, gone: AbortController) {
    this.#reader = reader;
    this.#gone = gone;
  }

  static async open({ port, token }: TestExplorer): Promise<EventReader> {
    const gone = new AbortController();
    const { body } = await fetch(`http://127.0.0.1:${port}/api/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    });
    const decoder = new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>;
    const text = (body as ReadableStream<Uint8Array>).pipeThrough(decoder);
    return new EventReader(text.getReader(), gone);
  }

  /** `undefined` where the stream has ended. */
  async next(): Promise<ServerEvent | undefined> {
    for (;;) {
      const end = this.#rest.indexOf('\n\n');
      if (end >= 0) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(this.#rest.slice(0, end)) ?? [];
        this.#rest = this.#rest.slice(end + 2);
        if (event) return { event, data: JSON.parse(data ?? '') } as ServerEvent;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#rest += value;
    }
  }

  /** The next one of a name that `isIt`. */
  async find<Name extends keyof ServerEvents>(
    name: Name,
    isIt: (data: ServerEvents[Name]) => boolean = () => true,
  ): Promise<ServerEvents[Name]> {
    for (;;) {
      const next = await this.next();
      if (!next) throw new Error('the stream has ended');
      if (next.event === name && isIt(next.data as ServerEvents[Name])) {
        return next.data as ServerEvents[Name];
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gone.abort();
    await this.#reader.cancel().catch(() => {});
  }
}
