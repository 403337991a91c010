// What a damaged conversation file still holds.
// 1. Nothing is invented: what is handed out stands in the file as one whole, valid object.
// 2. Nothing that stands within a message becomes a message, as far as brackets and lines tell.
// 3. The time it takes grows with the size of the file, whatever is in it; nothing recurses.

import { type FileSystem, nodeFileSystem } from '@tgstore/fs';
import {
  AFTER_MESSAGES,
  BEFORE_METADATA,
  checkMessage,
  checkMetadata,
  compareMessageIds,
  FIRST_LINE,
  type Message,
  type Metadata,
  mergeMessage,
  migrationPath,
  ProblemList,
  parseJson,
} from '@tgstore/schema';
import {
  afterSpace,
  columnOf,
  endOfString,
  type Found,
  isObjectMember,
  isText,
  type Walk,
  walkBrokenJson,
} from './broken-json.ts';
import type { ByteSpan } from './byte-span.ts';
import { ConversationFile } from './conversation-file.ts';
import { endOfLabel, isInLines, membersInLines } from './salvage-lines.ts';
import { BYTE_ORDER_MARK, decodeUtf8 } from './utf8.ts';

/** What {@link salvageConversation} could read. */
export interface Salvaged {
  /** The valid messages in today's spelling, in order. Of several with one id, the one that a merge would keep. */
  readonly messages: ReadonlyMap<string, Message>;
  /** In today's spelling; of several the one with the greatest revision. `undefined` where none are valid. */
  readonly metadata: Metadata | undefined;
  /** The keys beside messages and metadata; of damaged files those before the damage, or behind the metadata. */
  readonly other: Record<string, unknown>;
  /** Stretches of the file that gave nothing, in bytes; white space and the punctuation between members don't count. */
  readonly lost: readonly { readonly offset: number; readonly length: number }[];
}

/**
 * Reads what can still be read of a conversation file that is no valid JSON any more, or whose messages or metadata are
 * not valid, in whatever layout. The whole file is held in memory as bytes, so the largest `Buffer` is the limit.
 *
 * @throws {@link StoreError} `STORE_INVALID_FILE` when it is no regular file, or is cut while it is read; never for what is in it.
 */
export async function salvageConversation(
  path: string,
  fileSystem: FileSystem = nodeFileSystem,
): Promise<Salvaged> {
  return salvage(await readWhole(path, fileSystem));
}

async function readWhole(path: string, fileSystem: FileSystem): Promise<Buffer> {
  await using file = await ConversationFile.open(path, { fileSystem });
  const bytes = Buffer.allocUnsafe(file.size);
  let at = 0;
  for await (const chunk of file.bytes()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function salvage(bytes: Buffer): Salvaged {
  if (isInLines(bytes)) return salvageLines(bytes);
  const walk = walkBrokenJson(bytes);
  const hasMark = isText(bytes, 0, Math.min(3, bytes.length), BYTE_ORDER_MARK);
  const used: ByteSpan[] = [...(hasMark ? [{ start: 0, end: 3 }] : []), ...walk.labels];
  const messages = readMessages(bytes, walk, used);
  const described = readMetadata(bytes, walk, used);
  const other = readOther(bytes, walk, used, described?.found);
  // the original wrote the keys of metadata beside the messages
  const hasMetadata = described !== undefined || bytes.includes('"metadata"');
  const beside = hasMetadata ? undefined : toMetadata(other);
  return {
    messages: inOrder(messages),
    metadata: described?.metadata ?? beside,
    other: beside ? {} : other,
    lost: gaps(bytes, used),
  };
}

function readMessages(bytes: Buffer, walk: Walk, used: ByteSpan[]): Map<string, Message> {
  const messages = new Map<string, Message>();
  const isTrusted = trust(bytes, walk);
  for (const found of walk.found) {
    if (!mayBeMessage(found, walk) || !isTrusted(found)) continue;
    const message = toMessage(bytes, found);
    if (!message) continue;
    used.push(spanOf(found));
    const id = String(message.id);
    const before = messages.get(id);
    messages.set(id, before ? choose(before, message) : message);
  }
  return messages;
}

/** Of a file in our layout, line by line: brackets need not be followed. */
function salvageLines(bytes: Buffer): Salvaged {
  const messages = new Map<string, Message>();
  const used: ByteSpan[] = [];
  let metadata: Metadata | undefined;
  let other: Record<string, unknown> = {};
  for (const { start, end, key, value, others } of membersInLines(bytes)) {
    if (key === 'metadata') {
      const valid = toMetadata(value);
      const isLater = Number(valid?.revision ?? 0) >= Number(metadata?.revision ?? 0);
      if (!valid || !isLater) continue;
      metadata = valid;
      other = others;
    } else {
      const message = 'id' in value ? validMessage(value, key) : undefined;
      if (String(message?.id) !== key || !message) continue;
      const before = messages.get(key);
      messages.set(key, before ? choose(before, message) : message);
    }
    used.push({ start, end });
  }
  const label = endOfLabel(bytes);
  if (label > 0) used.push({ start: 0, end: label });
  return { messages: inOrder(messages), metadata, other, lost: gaps(bytes, used) };
}

function inOrder(messages: ReadonlyMap<string, Message>): Map<string, Message> {
  return new Map([...messages].sort(([a], [b]) => compareMessageIds(a, b)));
}

function mayBeMessage({ place, isObject, idIsKey }: Found, { isWhole }: Walk): boolean {
  return isObject && (place === 'messages' || (idIsKey && !isWhole));
}

/** What tells whether an object stands where messages stand. */
function trust(bytes: Buffer, walk: Walk): (found: Found) => boolean {
  if (walk.isWhole) return () => true;
  const column = columnOfMessages(bytes, walk);
  const haveIds = walk.found.some((found) => found.idIsKey);
  return (found) => {
    if (found.place === 'stray' && walk.isBalanced) return false;
    if (!endsAsMember(bytes, found.end, column)) return false;
    // it may be part of a message
    const needsKey = found.keyStart >= 0 && !found.idIsKey;
    if (needsKey && (haveIds || isNoId(bytes, found))) return false;
    if (column >= 0 && (found.idIsKey || walk.column !== undefined)) {
      const isInColumn = columnOf(bytes, spanOf(found).start) === column;
      return isInColumn || (column === 0 && endsItsLine(bytes, found));
    }
    if (found.idIsKey || walk.isBalanced) return true;
    // where depth is in doubt, what has no key or no id may be part of a message
    return found.keyStart < 0 ? found.errors === 0 : walk.errors === 0;
  };
}

/** The column that messages begin in, or else the leftmost of what may be messages; -1 where they share lines. */
function columnOfMessages(bytes: Buffer, walk: Walk): number {
  if (walk.column !== undefined) return walk.column;
  if (bytes.includes(AFTER_MESSAGES + BEFORE_METADATA)) return 0;
  let first = -1;
  for (const found of walk.found) {
    const column = found.idIsKey ? columnOf(bytes, found.keyStart) : -1;
    if (column >= 0 && (first < 0 || column < first)) first = column;
  }
  return first;
}

/**
 * Whether what follows an object may follow a message. Where one byte of a message became a brace, what looks like
 * the whole is its beginning, and the rest of it follows.
 */
function endsAsMember(bytes: Buffer, end: number, column: number): boolean {
  const at = afterBlanks(bytes, end);
  const byte = bytes[at];
  if (byte === undefined || byte === 0 || isAnyOf(byte, '\r\n}]')) return true;
  if (isAnyOf(byte, ',')) return !beginsField(bytes, afterSpace(bytes, at + 1), column);
  // one byte, which was the comma
  const isLineEnd = at + 1 === bytes.length || isAnyOf(bytes[at + 1], '\r\n');
  // one byte, which was the newline before them
  if (isText(bytes, at + 1, at + 1 + CLOSING.length, CLOSING)) return true;
  return isLineEnd || (isAnyOf(byte, '"') && !beginsField(bytes, at, column));
}

/** Whether a key begins here whose value is not that of a message. */
function beginsField(bytes: Buffer, start: number, column: number): boolean {
  if (!isAnyOf(bytes[start], '"')) return false;
  if (column >= 0 && columnOf(bytes, start) === column) return false;
  const { end, isClosed } = endOfString(bytes, start);
  const colon = afterSpace(bytes, end);
  if (!isClosed || !isAnyOf(bytes[colon], ':')) return false;
  if (isRawData(bytes, start, end)) return true;
  return afterSpace(bytes, colon + 1) < bytes.length && !isObjectMember(bytes, start);
}

/** The one key of a message whose value is an object. */
function isRawData(bytes: Buffer, start: number, end: number): boolean {
  return isText(bytes, start, end, '"raw_data"');
}

/** Whether its key is that of an object within a message, or of the metadata. */
function isNoId(bytes: Buffer, { keyStart, keyEnd }: Found): boolean {
  return isRawData(bytes, keyStart, keyEnd) || isText(bytes, keyStart, keyEnd, '"metadata"');
}

/** Whether it is all of a line, whose newline before it became another byte. */
function endsItsLine(bytes: Buffer, found: Found): boolean {
  const { start, end } = spanOf(found);
  if (start === FIRST_LINE.length) return true;
  if (found.keyStart < 0 || !isAnyOf(bytes[start - 3], '}') || !isAnyOf(bytes[start - 2], ',')) {
    return false;
  }
  const rest = [',\n"', AFTER_MESSAGES + BEFORE_METADATA, '}\n'];
  return rest.some((text) => isText(bytes, end, end + text.length, text));
}

function toMessage(bytes: Buffer, found: Found): Message | undefined {
  try {
    const raw = parse(bytes, found.start, found.end) as Record<string, unknown>;
    const key = found.keyStart < 0 ? undefined : keyOf(bytes, found);
    return validMessage(raw, key);
  } catch {
    // no UTF-8, or no JSON within its brackets
    return undefined;
  }
}

function validMessage(raw: Record<string, unknown>, key: string | undefined): Message | undefined {
  const message = migrationPath({}).message(raw, key);
  const id = key ?? String(message.id);
  return checkMessage(message, id, new ProblemList()) ? message : undefined;
}

function choose(first: Message, second: Message): Message {
  try {
    return mergeMessage(first, second);
  } catch {
    // nested too deeply to be compared
    return first;
  }
}

function readMetadata(
  bytes: Buffer,
  walk: Walk,
  used: ByteSpan[],
): { metadata: Metadata; found: Found } | undefined {
  let best: { metadata: Metadata; found: Found } | undefined;
  const isTrusted = trustMetadata(bytes, walk);
  for (const found of walk.found) {
    if (!isMetadata(bytes, found, walk) || !isTrusted(found)) continue;
    const isStray = found.place !== 'top';
    const metadata = tryParse(bytes, found, (raw) =>
      isStray && !Object.hasOwn(raw, 'conversation_id') ? undefined : toMetadata(raw),
    );
    if (!metadata) continue;
    used.push(spanOf(found));
    const isLater = Number(metadata.revision ?? 0) > Number(best?.metadata.revision ?? 0);
    if (!best || isLater) best = { metadata, found };
  }
  return best;
}

/** What tells whether an object stands where metadata stand. */
function trustMetadata(bytes: Buffer, walk: Walk): (found: Found) => boolean {
  if (walk.isWhole) return () => true;
  const column = columnOfMessages(bytes, walk);
  return (found) => {
    // a message may have this id
    if (found.idIsKey) return false;
    if (found.place === 'stray' && walk.isBalanced) return false;
    if (column < 0 || (found.place === 'top' && found.errors === 0)) return true;
    const own = columnOf(bytes, found.keyStart);
    return own < 0 ? endsItsLine(bytes, found) : own <= column;
  };
}

function isMetadata(bytes: Buffer, found: Found, { isWhole }: Walk): boolean {
  const { place, keyStart, keyEnd, isObject } = found;
  if (!isObject || !isText(bytes, keyStart, keyEnd, '"metadata"')) return false;
  return place !== 'messages' || !isWhole;
}

function toMetadata(raw: Record<string, unknown>): Metadata | undefined {
  try {
    const metadata = migrationPath(raw).metadata(raw);
    return checkMetadata(metadata, new ProblemList()) ? metadata : undefined;
  } catch {
    // of a later version
    return undefined;
  }
}

function readOther(
  bytes: Buffer,
  walk: Walk,
  used: ByteSpan[],
  metadata: Found | undefined,
): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const found of walk.found) {
    const { place, keyStart, keyEnd, errors, idIsKey } = found;
    if (place !== 'top' || (idIsKey && !walk.isWhole)) continue;
    if (errors > 0 && !(metadata && keyStart > metadata.end && errors === metadata.errors))
      continue;
    const isOurs = ['"messages"', '"metadata"'].some((key) => isText(bytes, keyStart, keyEnd, key));
    if (isOurs) continue;
    try {
      entries.push([keyOf(bytes, found), parse(bytes, found.start, found.end)]);
      used.push(spanOf(found));
    } catch {
      // it is lost
    }
  }
  return Object.fromEntries(entries);
}

function tryParse<T>(
  bytes: Buffer,
  { start, end }: Found,
  read: (raw: Record<string, unknown>) => T | undefined,
): T | undefined {
  try {
    return read(parse(bytes, start, end) as Record<string, unknown>);
  } catch {
    return undefined;
  }
}

/** The stretches that nothing was read from, without the white space and punctuation at their ends. */
function gaps(bytes: Buffer, used: ByteSpan[]): { offset: number; length: number }[] {
  const lost: { offset: number; length: number }[] = [];
  const spans = used.sort((a, b) => a.start - b.start);
  let from = 0;
  for (const { start, end } of [...spans, { start: bytes.length, end: bytes.length }]) {
    let first = from;
    while (first < start && isAnyOf(bytes[first], PUNCTUATION)) first += 1;
    let last = start;
    while (last > first && isAnyOf(bytes[last - 1], PUNCTUATION)) last -= 1;
    // closing brackets that follow at once are those of a broken object
    if (last > first) while (last < start && isAnyOf(bytes[last], '}]')) last += 1;
    if (last > first) lost.push({ offset: first, length: last - first });
    from = end;
  }
  return lost;
}

function spanOf({ keyStart, start, end }: Found): ByteSpan {
  return { start: keyStart < 0 ? start : keyStart, end };
}

function keyOf(bytes: Buffer, { keyStart, keyEnd }: Found): string {
  return parse(bytes, keyStart, keyEnd) as string;
}

function parse(bytes: Buffer, start: number, end: number): unknown {
  return parseJson(decodeUtf8(bytes.subarray(start, end)));
}

function afterBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (isAnyOf(bytes[at], ' \t')) at += 1;
  return at;
}

function isAnyOf(byte: number | undefined, characters: string): boolean {
  return byte !== undefined && characters.includes(String.fromCharCode(byte));
}

const CLOSING = AFTER_MESSAGES.slice(1) + BEFORE_METADATA;
const PUNCTUATION = ' \t\r\n,:{}[]';
