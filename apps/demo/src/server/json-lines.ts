/** What a stream of lines is given: whether anybody still reads it. */
export type LinesSource = (signal: AbortSignal) => AsyncGenerator<unknown>;

/**
 * An answer of one JSON document a line, sent as they come: many in one piece where they come fast. Who goes away ends the source.
 * The first line is waited for, so that what fails at once is an error with a status of its own.
 */
export async function jsonLines(source: LinesSource): Promise<Response> {
  const gone = new AbortController();
  const lines = source(gone.signal);
  let pending: Promise<IteratorResult<unknown>> | undefined = lines.next();
  await pending;

  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = '';
      let isDone = false;
      const { promise: isLate, cancel } = later(LATEST_MS);
      while (text.length < LARGEST_PIECE) {
        pending ??= lines.next();
        const result = text === '' ? await pending : await Promise.race([pending, isLate]);
        if (result === undefined) break;
        pending = undefined;
        isDone = result.done === true;
        if (isDone) break;
        text += `${JSON.stringify(result.value)}\n`;
      }
      cancel();
      if (text !== '') controller.enqueue(encoder.encode(text));
      if (isDone) controller.close();
    },
    async cancel() {
      gone.abort();
      // it may have nobody to tell what it ends with
      await Promise.allSettled([pending, lines.return(undefined)]);
    },
  });
  return new Response(stream, {
    headers: { 'Content-Type': 'application/x-ndjson; charset=utf-8' },
  });
}

function later(ms: number): { promise: Promise<undefined>; cancel: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return { promise, cancel: () => clearTimeout(timer) };
}

const encoder = new TextEncoder();
const LATEST_MS = 20;
const LARGEST_PIECE = 64 * 1024;
