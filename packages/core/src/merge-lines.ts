import {
  compareMessageIds,
  isIdConflict,
  isSameMessage,
  type Message,
  type Metadata,
  mergeMessage,
  parseJson,
  shownId,
} from '@tgstore/schema';
import type { ChangeRecorder } from './change-log.ts';
import type { LineSource } from './content-source.ts';
import { StoreError } from './errors.ts';
import { LineCursor } from './line-cursor.ts';
import { validMessage } from './message-lines.ts';
import type { MessageLine } from './structure-walk.ts';

/** Takes the lines of the result, in order. Await what it returns, if it returns anything. */
export type TakeLine = (line: MessageLine) => Promise<void> | undefined;

export interface MergeOptions {
  /** The kind of chat: in some kinds the ids of messages belong to an account. */
  readonly chatType: Metadata['chat_type'];
  /** For errors: the file of the existing messages. */
  readonly path: string;
  readonly recorder: ChangeRecorder;
  readonly take: TakeLine;
}

/**
 * Merges messages, in order, into those of a file. What is equal byte by byte is not parsed, so memory depends on the largest
 * message.
 *
 * @throws {@link StoreError} `STORE_ID_CONFLICT` when the two are of different accounts, whose ids mean different messages.
 */
export async function mergeLines(
  existing: LineSource,
  incoming: LineSource,
  { chatType, path, recorder, take }: MergeOptions,
): Promise<void> {
  const accountIds = idsBelongToAccount(chatType);
  await walk(existing, incoming, { recorder, take }, (old, young) => {
    const winner = old && young ? chooseLine(old, young, { accountIds, path }) : (old ?? young);
    if (winner) recordChange(recorder, old, winner);
    return winner;
  });
}

/** Puts messages, in order, in the place of those of a file. */
export async function replaceLines(
  existing: LineSource,
  incoming: LineSource,
  { recorder, take }: Target,
): Promise<void> {
  await walk(existing, incoming, { recorder, take }, (old, young) => {
    const isKept = old && young && meansTheSame(old, young);
    const line = isKept ? old : young;
    if (line) recordChange(recorder, old, line);
    else if (old) recorder.deleted(old.key, old.json);
    return line;
  });
}

/** Tells of the line that takes the place of another, which may be the same. */
export function recordChange(
  recorder: ChangeRecorder,
  old: MessageLine | undefined,
  line: MessageLine,
): void {
  if (!old) recorder.added(line.key);
  else if (line === old) recorder.kept();
  else if (isTombstone(line)) recorder.deleted(old.key, old.json);
  else recorder.edited(old.key, old.json);
}

type Target = Pick<MergeOptions, 'recorder' | 'take'>;

/** The line that stands in the result for those of one id, if any. */
type Choose = (
  old: MessageLine | undefined,
  young: MessageLine | undefined,
) => MessageLine | undefined;

/** Walks through two sources in the order of ids, and takes what is chosen for each id; a promise only where one must wait. */
async function walk(
  existing: LineSource,
  incoming: LineSource,
  { recorder, take }: Target,
  choose: Choose,
): Promise<void> {
  const old = await LineCursor.start(existing);
  const young = await LineCursor.start(incoming);
  while (old.line || young.line) {
    const order = compareLines(old.line, young.line);
    const line = choose(order <= 0 ? old.line : undefined, order >= 0 ? young.line : undefined);
    const flushed = recorder.flush();
    if (flushed !== undefined) await flushed;
    const taken = line && take(line);
    if (taken !== undefined) await taken;
    const oldMoved = order <= 0 ? old.advance() : undefined;
    if (oldMoved !== undefined) await oldMoved;
    const youngMoved = order >= 0 ? young.advance() : undefined;
    if (youngMoved !== undefined) await youngMoved;
  }
}

function compareLines(first: MessageLine | undefined, second: MessageLine | undefined): number {
  if (!first) return 1;
  if (!second) return -1;
  return compareMessageIds(first.key, second.key);
}

function isTombstone({ json }: MessageLine): boolean {
  return json.includes('"deleted":true') && (parseJson(json) as Message).deleted === true;
}

function meansTheSame(first: MessageLine, second: MessageLine): boolean {
  if (first.json === second.json) return true;
  return isSameMessage(parseJson(first.json) as Message, parseJson(second.json) as Message);
}

/** The one of two lines with one id that stays. @throws {@link StoreError} `STORE_ID_CONFLICT`, `STORE_INVALID_FILE` where one is no message */
export function chooseLine(
  old: MessageLine,
  young: MessageLine,
  { accountIds, path }: { readonly accountIds: boolean; readonly path: string },
): MessageLine {
  if (old.json === young.json) return old;
  const before = validMessage(path, old);
  const after = validMessage(path, young);
  if (accountIds && isIdConflict(before, after)) {
    const message = `message ${shownId(old.key)} is another one in what comes in: the two come from different accounts, whose message ids differ; keep them in two stores`;
    throw new StoreError('STORE_ID_CONFLICT', path, message);
  }
  return mergeMessage(before, after) === before ? old : young;
}

// in one-to-one chats and basic groups each account numbers the messages on its own
export function idsBelongToAccount(chatType: Metadata['chat_type']): boolean {
  return chatType === 'private' || chatType === 'bot' || chatType === 'group';
}
