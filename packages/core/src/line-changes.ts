import { compareMessageIds, type Message, stringifyJson } from '@tgstore/schema';
import type { Splicing } from './change-content.ts';
import { type ContentSource, mergedHead } from './content-source.ts';
import type { ConversationFile } from './conversation-file.ts';
import { deleteLine } from './delete-messages.ts';
import type { LineChange } from './find-splices.ts';
import { chooseLine, idsBelongToAccount } from './merge-lines.ts';

/** For `changeContent`: messages, in order, merged into those that are there. */
export async function spliceMessages(
  existing: ConversationFile,
  messages: ReadonlyMap<string, Message>,
  incoming?: ContentSource,
): Promise<Splicing> {
  const before = await existing.readHead();
  const added = await incoming?.readHead();
  const chatType = before.metadata.chat_type ?? added?.metadata.chat_type;
  const options = { accountIds: idsBelongToAccount(chatType), path: existing.path };
  const changes = Array.from(messages, ([key, message]): LineChange => {
    const choose: LineChange['choose'] = (old) => {
      const young = { key, json: stringifyJson(message) };
      return old ? chooseLine(old, young, options) : young;
    };
    return { key, choose };
  });
  return { changes, head: added ? mergedHead(before, added) : before };
}

/** For `changeContent`: tombstones in the place of messages. */
export async function spliceTombstones(
  existing: ConversationFile,
  messageIds: ReadonlySet<string>,
): Promise<Splicing> {
  const changes = [...messageIds]
    .sort(compareMessageIds)
    .map((key): LineChange => ({ key, choose: (old) => old && deleteLine(old, existing.path) }));
  return { changes, head: await existing.readHead() };
}
