import {
  compareMessageIds,
  MESSAGE_SEPARATOR,
  type MessageCounts,
  MessageSummary,
  type Metadata,
} from '@tgstore/schema';
import type { ByteSpan } from './byte-span.ts';
import type { ChangeRecorder } from './change-log.ts';
import type { ConversationFile } from './conversation-file.ts';
import { dateOf, lineOf, storedId } from './conversation-writer.ts';
import { type LineBytesSource, lineAt, lowerBound } from './line-search.ts';
import { recordChange } from './merge-lines.ts';
import { BrokenLineError, parseValidLine } from './message-lines.ts';
import type { MessageLine } from './structure-walk.ts';

/** What becomes of the message with one id. */
export interface LineChange {
  readonly key: string;
  /** The line instead of the one that is there; the same one to keep it, `undefined` to put none where none is. */
  choose(old: MessageLine | undefined): MessageLine | undefined;
}

/** Text in the place of bytes of a file. */
export interface Splice extends ByteSpan {
  readonly text: string;
}

export interface Splices {
  readonly splices: readonly Splice[];
  /** The messages of the file as it was. */
  readonly lines: LineBytesSource;
  /** Of the messages as they will be. */
  readonly summary: MessageCounts;
}

/**
 * Finds the places where a file changes, and tells `recorder` of each message there; `changes` come in the order of ids.
 * `undefined` where it is cheaper, or safer, to go through the whole file: for too many changes, a foreign layout, metadata that do not
 * say what the messages say.
 */
export async function findSplices(
  existing: ConversationFile,
  changes: readonly LineChange[],
  recorder: ChangeRecorder,
): Promise<Splices | undefined> {
  try {
    const lines = await existing.messageLines();
    const end = lines && (await knownEnd(lines, await existing.readMetadata()));
    if (!end) return undefined;
    const older = changes.filter(({ key }) => compareMessageIds(key, end.lastKey) <= 0);
    if (older.length * SCANNED_FOR_ONE > end.count) return undefined;
    return await find(lines, end, changes, recorder);
  } catch (error) {
    if (error instanceof BrokenLineError) return undefined;
    throw error;
  }
}

async function find(
  lines: LineBytesSource,
  { count, lastKey, lastDate }: KnownEnd,
  changes: readonly LineChange[],
  recorder: ChangeRecorder,
): Promise<Splices | undefined> {
  const { span, read } = lines;
  const splices: Splice[] = [];
  const dates = new MessageSummary();
  dates.addAll({ count, lastMessageId: undefined, lastMessageDate: lastDate });
  const latest = Date.parse(lastDate);
  const isLatest = (date: string | null | undefined): boolean =>
    typeof date === 'string' && Date.parse(date) === latest;
  let last = lastKey;
  let added = 0;
  let seen = 0;
  let from = span.start;
  for (const { key, choose } of changes) {
    const isNewest = compareMessageIds(key, lastKey) > 0;
    const at = isNewest ? span.end : await placeOf({ span: { ...span, start: from }, read }, key);
    const found = at < span.end ? await lineAt(lines, at) : undefined;
    const line = found && parseValidLine(found.bytes);
    const old = line?.key === key ? line : undefined;
    const winner = choose(old);
    // messages that stay lie between this place and the last
    if (at !== from) recorder.kept(0);
    from = at;
    if (old) seen += 1;
    if (!winner) continue;
    recordChange(recorder, old, winner);
    await recorder.flush();
    if (winner === old) continue;
    const date = dateOf(winner.json);
    const before = old && dateOf(old.json);
    // the latest date may be that of another message now; and of two ways to write it, that of the first message counts
    if (!isNewest && date !== before && [before, date].some(isLatest)) return undefined;
    dates.add({ id: key, date });
    const text = lineOf(winner);
    if (old && found) {
      // its comma stays
      splices.push({ start: at, end: old.isLast ? found.end : found.end - 1, text });
      continue;
    }
    added += 1;
    if (isNewest) last = key;
    const inserted = isNewest ? MESSAGE_SEPARATOR + text : text + MESSAGE_SEPARATOR;
    splices.push({ start: at, end: at, text: inserted });
  }
  recorder.kept(count - seen);
  const { lastMessageDate } = dates;
  const summary = { count: count + added, lastMessageId: storedId(last), lastMessageDate };
  return { splices, lines, summary };
}

async function placeOf(lines: LineBytesSource, key: string): Promise<number> {
  return await lowerBound(lines, (line) => compareMessageIds(parseValidLine(line).key, key) < 0);
}

interface KnownEnd {
  readonly count: number;
  readonly lastKey: string;
  readonly lastDate: string;
}

/** What the metadata say of the messages, where it is complete and agrees with the last of them. */
async function knownEnd(
  lines: LineBytesSource,
  { message_count: count, last_message_id, last_message_date: lastDate }: Metadata,
): Promise<KnownEnd | undefined> {
  const { start, end } = lines.span;
  if (start === end || typeof count !== 'number' || !lastDate) return undefined;
  const { key, isLast } = parseValidLine((await lineAt(lines, end - 1)).bytes);
  const agrees = isLast && key === String(last_message_id);
  return agrees ? { count, lastKey: key, lastDate } : undefined;
}

/** Looking for one message costs about as much as copying so many. */
const SCANNED_FOR_ONE = 16;
