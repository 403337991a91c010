import { JsonReader, type JsonReaderOptions, parseJson } from '../../src/index.ts';

/** How {@link readDocument} takes the next value. */
export type Way = 'enter' | 'slice' | 'batch';

/**
 * The value of a document read with a JsonReader to the end. `way` says, value by value, whether objects and arrays are
 * entered, sliced and parsed, or read in batches.
 */
export async function readDocument(
  chunks: Iterable<Uint8Array>,
  way: () => Way,
  options?: JsonReaderOptions,
): Promise<unknown> {
  const reader = new JsonReader(fromChunks(chunks), options);
  const value = await readValue(reader, way);
  await reader.end();
  return value;
}

async function readValue(reader: JsonReader, way: () => Way): Promise<unknown> {
  const chosen = way();
  const first = await reader.peek();
  if (chosen === 'slice' || (first !== OPEN_BRACE && first !== OPEN_BRACKET)) {
    return parse(await reader.slice());
  }
  const isObject = first === OPEN_BRACE;
  await reader.enter(isObject ? '{' : '[');
  if (chosen === 'batch') return isObject ? await membersOf(reader) : await elementsOf(reader);
  if (isObject) {
    const members: [string, unknown][] = [];
    for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
      members.push([key, await readValue(reader, way)]);
    }
    return Object.fromEntries(members);
  }
  const elements: unknown[] = [];
  while (await reader.nextElement()) elements.push(await readValue(reader, way));
  return elements;
}

async function membersOf(reader: JsonReader): Promise<unknown> {
  const members: [string, unknown][] = [];
  for await (const batch of reader.members()) {
    for (const { key, value } of batch) members.push([key, parse(value)]);
  }
  return Object.fromEntries(members);
}

async function elementsOf(reader: JsonReader): Promise<unknown> {
  const elements: unknown[] = [];
  for await (const batch of reader.elements()) elements.push(...batch.map(parse));
  return elements;
}

export async function* fromChunks(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

/** The bytes in pieces of one size; a size of 0 gives an empty piece before each byte. */
export function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size || 1) {
    if (size === 0) yield new Uint8Array(0);
    // memory of its own, so that a reader that looks behind a piece's end sees nothing of the next
    yield Uint8Array.from(bytes.subarray(at, at + (size || 1)));
  }
}

export function parse(bytes: Uint8Array): unknown {
  return parseJson(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
}

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
