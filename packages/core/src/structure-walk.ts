// Walks through a whole conversation file by the structure of its JSON, whatever its layout: slower than by its lines, but it
// reads what another program laid out, and can say where a file is broken.

import {
  compareMessageIds,
  type JsonMember,
  JsonReader,
  messagePath,
  parseJson,
  SchemaError,
  shownId,
} from '@tgstore/schema';
import { invalidFile } from './invalid-file.ts';
import { BYTE_ORDER_MARK, decodeUtf8 } from './utf8.ts';

/** A message as the line of its file has it. */
export interface MessageLine {
  /** Its key, `String(message.id)`. */
  readonly key: string;
  /** The message as JSON text. */
  readonly json: string;
}

/** The bytes of one state of a file. */
export interface FileBytes {
  readonly path: string;
  readonly size: number;
  read(start: number, end: number): Promise<Buffer>;
}

/** The bytes of a file up to `end`, in chunks; then `closing`. */
export async function* chunksOf(
  file: FileBytes,
  end: number,
  closing = '',
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < end; at += CHUNK_BYTES) {
    yield await file.read(at, Math.min(end, at + CHUNK_BYTES));
  }
  if (closing) yield Buffer.from(closing);
}

/**
 * The messages of a file in the line layout, in order and in batches, not parsed.
 *
 * @throws {@link StoreError} `STORE_INVALID_FILE` also where they are out of order
 */
export async function* walkMessages(
  file: FileBytes,
  messagesEnd: number,
): AsyncGenerator<MessageLine[]> {
  const reader = new JsonReader(chunksOf(file, messagesEnd, '}'));
  let previous: string | undefined;
  const next = async <T>(step: () => Promise<T>) => await explain(file, step);
  await next(async () => {
    await reader.enter('{');
    await reader.nextKey();
    await reader.enter('{');
  });
  const batches = reader.members();
  for (;;) {
    const { done, value: batch } = await next(() => batches.next());
    // a brace too many would else end the messages before their end
    if (done) return await next(() => reader.end());
    const lines: MessageLine[] = [];
    for (const { key, value } of batch) {
      if (previous !== undefined && compareMessageIds(previous, key) >= 0) {
        throw invalidFile(
          file.path,
          `message ${shownId(key)} stands after ${shownId(previous)}; load and save the conversation, which puts them in order`,
        );
      }
      previous = key;
      lines.push({ key, json: decodeMessage(file, key, value) });
    }
    yield lines;
  }
}

/** Walks through any layout: members of `messages` to `take`, the rest is returned. */
export async function walkDocument(
  file: FileBytes,
  take: (members: JsonMember[]) => void,
): Promise<Record<string, unknown>> {
  const reader = new JsonReader(blankMark(chunksOf(file, file.size)));
  const document: [string, unknown][] = [];
  await reader.enter('{');
  for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
    if (key === 'messages' && (await reader.peek()) === OPEN_BRACE) {
      await reader.enter('{');
      for await (const members of reader.members()) take(members);
    } else {
      document.push([key, parseAt(key, await reader.slice())]);
    }
  }
  await reader.end();
  return Object.fromEntries(document);
}

/** Parses a value; the error says where in the file it stands. */
export function parseAt(place: string, bytes: Uint8Array): unknown {
  try {
    return parseJson(decodeUtf8(bytes));
  } catch (error) {
    const message = `${place}: ${(error as Error).message}`;
    throw new SchemaError('SCHEMA_INVALID_JSON', message, { cause: error });
  }
}

/** Makes of what the schema says of the content the error of its file. */
export async function explain<T>({ path }: FileBytes, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof SchemaError || error instanceof TypeError) {
      throw invalidFile(path, error.message, error);
    }
    throw error;
  }
}

function decodeMessage({ path }: FileBytes, key: string, bytes: Uint8Array): string {
  try {
    return onOneLine(decodeUtf8(bytes));
  } catch (error) {
    throw invalidFile(path, `${messagePath(key)}: ${(error as Error).message}`, error);
  }
}

/** Another program may have written it over several lines. Nothing else changes: read and written again, `1e20` would be another kind of number. */
function onOneLine(json: string): string {
  if (!json.includes('\n')) return json;
  // of valid JSON no string has a newline in it
  parseJson(json);
  return json.replaceAll(/\n[ \t\r\n]*/g, '');
}

/** Makes a byte order mark white space, so that offsets stay those of the file. */
async function* blankMark(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  for await (const chunk of chunks) {
    const mark = Buffer.from(chunk.subarray(0, BYTE_ORDER_MARK.length)).toString('latin1');
    yield isFirst && mark === BYTE_ORDER_MARK
      ? Buffer.concat([
          Buffer.alloc(BYTE_ORDER_MARK.length, ' '),
          chunk.subarray(BYTE_ORDER_MARK.length),
        ])
      : chunk;
    isFirst = false;
  }
}

const OPEN_BRACE = 0x7b;
const CHUNK_BYTES = 256 * 1024;
