import {
  compareMessageIds,
  isIdConflict,
  type Message,
  type Metadata,
  mergeMessage,
  parseJson,
} from '@tgstore/schema';
import type { ConversationFile, MessageLine } from './conversation-file.ts';
import type { ConversationWriter } from './conversation-writer.ts';
import { StoreError } from './errors.ts';
import { LineCursor } from './line-cursor.ts';

export interface MergeCounts {
  readonly added: number;
  readonly edited: number;
  readonly unchanged: number;
}

/**
 * Merges the messages of two files, both in order, into a third. What is equal byte by byte is not parsed, so memory
 * depends on the largest message.
 *
 * @throws {@link StoreError} `STORE_ID_CONFLICT` when the files are of different accounts, whose ids mean different messages.
 */
export async function mergeFiles(
  existing: ConversationFile,
  incoming: ConversationFile,
  writer: ConversationWriter,
): Promise<MergeCounts> {
  const { chat_type: knownType } = await existing.readMetadata();
  const accountIds = idsBelongToAccount(knownType ?? (await incoming.readMetadata()).chat_type);
  const counts = { added: 0, edited: 0, unchanged: 0 };
  const old = await LineCursor.start(existing);
  const young = await LineCursor.start(incoming);
  while (old.line || young.line) {
    const order = compareLines(old.line, young.line);
    let line = (order <= 0 ? old.line : young.line) as MessageLine;
    if (order > 0) counts.added += 1;
    if (order === 0) {
      const winner = chooseLine(line, young.line as MessageLine, accountIds, existing.path);
      counts[winner === line ? 'unchanged' : 'edited'] += 1;
      line = winner;
    }
    await writer.add(line.key, `${JSON.stringify(line.key)}:${line.json}`, dateOf(line.json));
    if (order <= 0) await old.advance();
    if (order >= 0) await young.advance();
  }
  return counts;
}

function compareLines(first: MessageLine | undefined, second: MessageLine | undefined): number {
  if (!first) return 1;
  if (!second) return -1;
  return compareMessageIds(first.key, second.key);
}

function chooseLine(
  old: MessageLine,
  young: MessageLine,
  accountIds: boolean,
  path: string,
): MessageLine {
  if (old.json === young.json) return old;
  const before = parseJson(old.json) as Message;
  const after = parseJson(young.json) as Message;
  if (accountIds && isIdConflict(before, after)) {
    const message = `message ${old.key} is another one in the import: the two come from different accounts, whose message ids differ; import into another store`;
    throw new StoreError('STORE_ID_CONFLICT', path, message);
  }
  return mergeMessage(before, after) === before ? old : young;
}

// in one-to-one chats and basic groups each account numbers the messages on its own
function idsBelongToAccount(chatType: Metadata['chat_type']): boolean {
  return chatType === 'private' || chatType === 'bot' || chatType === 'group';
}

/** The date of a message, as a rule without parsing it. */
function dateOf(json: string): string | null | undefined {
  const at = json.indexOf(DATE);
  // inside strings every quote has a backslash before it, so this is a key; before any bracket it is one of the message
  if (at < 0 || /[[{]/.test(json.slice(1, at))) return (parseJson(json) as Message).date;
  return json.slice(at + DATE.length, json.indexOf('"', at + DATE.length));
}

const DATE = '"date":"';
