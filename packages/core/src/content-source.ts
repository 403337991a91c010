import {
  type Conversation,
  type Message,
  mergeMetadata,
  stringifyJson,
  summarize,
  updateMetadata,
} from '@tgstore/schema';
import type { Rewriting } from './change-content.ts';
import { mergeLines, replaceLines } from './merge-lines.ts';
import type { MessageLine } from './structure-walk.ts';

export type Head = Pick<Conversation, 'metadata' | 'other'>;

/** Messages in order, none twice, in batches. */
export interface LineSource {
  lines(): AsyncGenerator<MessageLine[]>;
}

/** A whole conversation, on its way in; a `ConversationFile` is one. */
export interface ContentSource extends LineSource {
  readHead(): Promise<Head>;
}

function messageLines(messages: ReadonlyMap<string, Message>): LineSource {
  return {
    async *lines() {
      let batch: MessageLine[] = [];
      let length = 0;
      for (const [key, message] of messages) {
        const json = stringifyJson(message);
        batch.push({ key, json });
        length += json.length;
        if (length < BATCH_LENGTH) continue;
        yield batch;
        batch = [];
        length = 0;
      }
      yield batch;
    },
  };
}

/** A conversation in memory. */
export function sourceOf({ messages, ...head }: Conversation): ContentSource {
  // the last message says which of two conversations is the later one
  const { metadata } = head;
  const complete =
    messages.size === 0 ? metadata : updateMetadata(metadata, summarize(messages.values()));
  return { ...messageLines(messages), readHead: async () => ({ ...head, metadata: complete }) };
}

/** For `changeContent`: what there is, with what comes in merged into it. */
export async function mergeIn(
  { existing, recorder, take }: Rewriting,
  incoming: ContentSource,
): Promise<Head> {
  const added = await incoming.readHead();
  const before = await existing?.readHead();
  const chatType = before?.metadata.chat_type ?? added.metadata.chat_type;
  const path = existing?.path ?? '';
  await mergeLines(existing ?? NOTHING, incoming, { chatType, path, recorder, take });
  return before ? mergedHead(before, added) : added;
}

/** What stands beside the messages of a conversation into which another is merged. */
export function mergedHead(before: Head, added: Head): Head {
  return {
    metadata: mergeMetadata(before.metadata, added.metadata),
    other: { ...added.other, ...before.other },
  };
}

/** For `changeContent`: what there is, written anew. */
export async function copyIn({ existing, recorder, take }: Rewriting): Promise<Head> {
  if (!existing) throw new TypeError('there is no conversation to write anew');
  for await (const batch of existing.lines()) {
    for (const line of batch) {
      recorder.kept();
      await take(line);
    }
  }
  return await existing.readHead();
}

/** For `changeContent`: what comes in, in the place of what there is. */
export async function putIn(
  { existing, recorder, take }: Rewriting,
  incoming: ContentSource,
): Promise<Head> {
  await replaceLines(existing ?? NOTHING, incoming, { recorder, take });
  return await incoming.readHead();
}

/** For `changeContent`: more messages for a conversation that is there. */
export async function addIn(
  { existing, recorder, take }: Rewriting,
  messages: ReadonlyMap<string, Message>,
): Promise<Head> {
  if (!existing) throw new TypeError('there is no conversation to add messages to');
  const head = await existing.readHead();
  const { path } = existing;
  const chatType = head.metadata.chat_type;
  await mergeLines(existing, messageLines(messages), { chatType, path, recorder, take });
  return head;
}

const NOTHING: LineSource = { async *lines() {} };

const BATCH_LENGTH = 64 * 1024;
