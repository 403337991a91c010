import type { FileHandleLike } from '@tgstore/fs';
import {
  compareMessageIds,
  FIRST_LINE,
  type Message,
  mergeMessage,
  messageLine,
  parseJson,
} from '@tgstore/schema';
import type { ConversationWriter } from './conversation-writer.ts';
import { linesOf, readFully } from './file-bytes.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Where a message stands in a file. */
interface Place {
  readonly key: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Copies the messages of a file in the line layout, whose lines stand in any order, into `writer` in the order of their
 * ids; of those with one id the one stays that `mergeMessage` chooses. Memory depends on the number of messages (about
 * 150 bytes each), not on their size.
 */
export async function sortMessages(
  store: StoreDirectory,
  path: string,
  writer: ConversationWriter,
): Promise<void> {
  const handle = await store.fileSystem.open(path, 'r');
  try {
    const places = await findMessages(handle);
    places.sort((a, b) => compareMessageIds(a.key, b.key));
    for (let at = 0; at < places.length; ) {
      const { key } = places[at] as Place;
      let message = await readMessage(handle, places[at] as Place);
      for (at += 1; places[at]?.key === key; at += 1) {
        message = mergeMessage(message, await readMessage(handle, places[at] as Place));
      }
      await writer.add(key, messageLine(message, key), message.date);
    }
  } finally {
    await handle.close();
  }
}

async function findMessages(handle: FileHandleLike): Promise<Place[]> {
  const places: Place[] = [];
  for await (const { line, offset } of linesOf(handle, FIRST_LINE.length)) {
    if (line[0] !== QUOTE) return places;
    const keyEnd = endOfString(line);
    const comma = line.at(-1) === COMMA ? 1 : 0;
    places.push({
      key: JSON.parse(line.toString('utf8', 0, keyEnd)) as string,
      offset: offset + keyEnd + 1,
      length: line.length - keyEnd - 1 - comma,
    });
  }
  return places;
}

async function readMessage(handle: FileHandleLike, { offset, length }: Place): Promise<Message> {
  const bytes = await readFully(handle, offset, offset + length);
  if (bytes.length < length) throw new Error('a temporary file was cut while it was sorted');
  return parseJson(bytes.toString('utf8')) as Message;
}

/** The index after the closing quote of the string that the line begins with. */
function endOfString(line: Buffer): number {
  let at = 1;
  while (at < line.length && line[at] !== QUOTE) at += line[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
