/** An answer of server-sent events that goes on until its reader goes away, or it is closed. */
export class EventStream {
  readonly response: Response;
  readonly #onEnd: () => void;
  readonly #alive: NodeJS.Timeout;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  /** `onEnd` is called once. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
    const stream = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#end(),
      },
      new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
    );
    this.#alive = setInterval(() => this.#write(': still here\n\n'), ALIVE_MS);
    this.response = new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  send(event: string, data: unknown): void {
    this.#write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  close(): void {
    const controller = this.#controller;
    this.#end();
    controller?.close();
  }

  #write(text: string): void {
    const controller = this.#controller;
    controller?.enqueue(encoder.encode(text));
    // one that does not read comes back and asks for everything
    if (controller && -(controller.desiredSize ?? 0) > MOST_UNREAD) this.close();
  }

  #end(): void {
    if (!this.#controller) return;
    this.#controller = undefined;
    clearInterval(this.#alive);
    this.#onEnd();
  }
}

const encoder = new TextEncoder();
const ALIVE_MS = 15_000;
const MOST_UNREAD = 16 * 1024 * 1024;
