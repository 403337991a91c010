import type { ConversationStatus } from '@tgstore/core';
import { FileManager } from '@tgstore/core';
import type { Conversation } from '@tgstore/schema';
import { hasCode } from '../has-code.ts';

/** What a conversation is for who reads it. */
export interface View {
  readonly status: ConversationStatus;
  /** What each message says, by id. */
  readonly messages: ReadonlyMap<string, string>;
  /** Equal for equal content, whenever and how it was written. */
  readonly content: string;
}

/** The conversations of a store, by id; none where there is no store. Throws where one is not whole. */
export async function viewOf(storageDir: string): Promise<Map<string, View>> {
  const files = new FileManager({ storageDir });
  const views = new Map<string, View>();
  for (const status of ['unprocessed', 'processed'] as const) {
    const ids = await files
      .listConversations({ processed: status === 'processed' })
      .catch((error: unknown) => {
        if (hasCode(error, 'STORE_NOT_A_STORE')) return [];
        throw error;
      });
    for (const id of ids) {
      if (views.has(id)) throw new Error(`${id} has both names`);
      views.set(id, { status, ...contentOf(await files.loadConversation(id)) });
    }
  }
  return views;
}

/** What a conversation says. */
export function contentOf({ messages, metadata }: Conversation): Omit<View, 'status'> {
  const says = [...messages].map(([id, { text, deleted, edit_date }]) => {
    return [id, JSON.stringify([text, deleted ?? false, edit_date ?? null])] as const;
  });
  const { name, message_count } = metadata;
  return { messages: new Map(says), content: JSON.stringify([name, message_count, says]) };
}

/** The messages that differ between two contents. */
export function differing(one: View['messages'], other: View['messages']): string[] {
  const ids = new Set([...one.keys(), ...other.keys()]);
  return [...ids].filter((id) => one.get(id) !== other.get(id));
}
