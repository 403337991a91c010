import { type Message, stringifyJson } from '@tgstore/schema';
import type { Rewriting } from './change-content.ts';
import type { Head } from './content-source.ts';
import { recordChange } from './merge-lines.ts';
import { validMessage } from './message-lines.ts';
import type { MessageLine } from './structure-walk.ts';

/** For `changeContent`: tombstones in the place of messages. One that is not there, or is a tombstone already, changes nothing. */
export async function deleteIn(
  { existing, recorder, take }: Rewriting,
  messageIds: ReadonlySet<string>,
): Promise<Head> {
  if (!existing) throw new TypeError('there is no conversation to delete messages from');
  for await (const batch of existing.lines()) {
    for (const line of batch) {
      const result = messageIds.has(line.key) ? deleteLine(line, existing.path) : line;
      recordChange(recorder, line, result);
      await recorder.flush();
      await take(result);
    }
  }
  return await existing.readHead();
}

/** The tombstone of a message; one that is a tombstone stays as it is. @throws {@link StoreError} `STORE_INVALID_FILE` where it is no message */
export function deleteLine(line: MessageLine, path: string): MessageLine {
  const message = validMessage(path, line);
  return message.deleted ? line : { key: line.key, json: stringifyJson(tombstone(message)) };
}

/** What stays of a deleted message: when it was sent, and by whom. */
function tombstone({ id, sender_id, sender_name, date, is_outgoing }: Message): Message {
  const stays = { id, sender_id, sender_name, date, is_outgoing };
  const known = Object.entries(stays).filter(([, value]) => value !== undefined && value !== null);
  return { ...(Object.fromEntries(known) as Message), text: '', deleted: true };
}
