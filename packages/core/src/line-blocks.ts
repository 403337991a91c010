import { encodeLines, type LineBlock, type Message } from '@tgstore/schema';

/**
 * Validates messages and writes them as lines, a few hundred at a time.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID`
 */
export async function* lineBlocks(messages: AsyncIterable<Message>): AsyncGenerator<LineBlock> {
  let batch: Message[] = [];
  for await (const message of messages) {
    batch.push(message);
    if (batch.length < BATCH) continue;
    yield* encode(batch);
    batch = [];
  }
  yield* encode(batch);
}

function* encode(batch: readonly Message[]): Generator<LineBlock> {
  const block = encodeLines(batch);
  if (block) yield block;
}

const BATCH = 256;
