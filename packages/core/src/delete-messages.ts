import { type Message, parseJson, stringifyJson } from '@tgstore/schema';
import type { Rewriting } from './change-content.ts';
import type { Head } from './content-source.ts';

/** For `changeContent`: tombstones in the place of messages. One that is not there, or is a tombstone already, changes nothing. */
export async function deleteIn(
  { existing, recorder, take }: Rewriting,
  messageIds: ReadonlySet<string>,
): Promise<Head> {
  if (!existing) throw new TypeError('there is no conversation to delete messages from');
  for await (const batch of existing.lines()) {
    for (const line of batch) {
      const message = messageIds.has(line.key) ? (parseJson(line.json) as Message) : undefined;
      if (!message || message.deleted) {
        recorder.kept();
        await take(line);
        continue;
      }
      recorder.deleted(line.key, line.json);
      await recorder.flush();
      await take({ key: line.key, json: stringifyJson(tombstone(message)) });
    }
  }
  return await existing.readHead();
}

/** What stays of a deleted message: when it was sent, and by whom. */
function tombstone({ id, sender_id, sender_name, date, is_outgoing }: Message): Message {
  const stays = { id, sender_id, sender_name, date, is_outgoing };
  const known = Object.entries(stays).filter(([, value]) => value !== undefined && value !== null);
  return { ...(Object.fromEntries(known) as Message), text: '', deleted: true };
}
