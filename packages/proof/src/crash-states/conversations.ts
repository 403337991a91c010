import {
  type Conversation,
  type Message,
  SCHEMA_VERSION,
  validateConversation,
} from '@tgstore/schema';

/** The conversation that steps change. */
export const ID = '1';
/** One that nobody touches. */
export const OTHER = 'Other';

/** Messages of one after the other id, each so many bytes and more. */
export function messages(first: number, count: number, text: string, bytes: number): Message[] {
  return Array.from({ length: count }, (_, index) => ({
    id: first + index,
    sender_id: 'user1',
    text: `${text} ${first + index} `.padEnd(bytes, 'x'),
    date: `${new Date(Date.UTC(2024, 0, 1, 0, 0, first + index)).toISOString().slice(0, 19)}Z`,
  }));
}

export function conversation(
  id: string,
  list: readonly Message[],
  name = 'as it was',
): Conversation {
  return validateConversation({
    messages: list,
    metadata: {
      conversation_id: id,
      name,
      chat_type: 'supergroup',
      schema_version: SCHEMA_VERSION,
    },
  });
}

/** Of two pages. */
export function small(): Conversation {
  return conversation(ID, messages(1, 6, 'first', 700));
}

/** Just large enough to be appended to in place. */
export function large(): Conversation {
  return conversation(ID, messages(1, 260, 'large', 1000));
}
