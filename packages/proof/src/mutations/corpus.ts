import { Buffer } from 'node:buffer';
import {
  type Conversation,
  type Message,
  sampleConversation,
  serializeConversation,
  stringifyJson,
  validateConversation,
} from '@tgstore/schema';

/** Small, and with all that a message can have. */
export function richConversation(id = '12345'): Conversation {
  const { messages, metadata } = sampleConversation();
  const more: Message[] = [
    { id: -5, sender_id: 'user2', text: 'from the group before', date: '2023-01-01T00:00:00Z' },
    {
      id: 9_007_199_254_740_993n,
      sender_id: 18_446_744_073_709_551_615n,
      text: 'a large id',
      access: 12_345_678_901_234_567_890n,
    },
    {
      id: 104,
      sender_id: 'user1',
      text: 'quotes " and \\ and\nlines \u2028 \u{1F600} \ud800',
      date: '2023-11-15T12:41:00Z',
    },
    {
      id: 105,
      sender_id: 'user2',
      text: 'x'.repeat(300),
      date: '2023-11-15T12:42:00Z',
      extra: { access: 12_345_678_901_234_567_890n, list: [1.5, -0, 1e300, null] },
    },
    { id: 'draft', text: 'an id that is no integer' },
  ];
  return validateConversation({
    messages: [...messages.values(), ...more],
    metadata: { ...metadata, conversation_id: id, message_count: 8, last_message_id: 'draft' },
    other: { exported_by: 'someone', notes: ['keep', { deep: [[]] }] },
  });
}

/** The texts in which one conversation may stand, by whoever wrote it. */
export function conversationTexts(): Buffer[] {
  const conversation = richConversation();
  const ours = serializeConversation(conversation);
  const plain = JSON.parse(ours) as { messages: object; metadata: Record<string, unknown> };
  const plainIds = new Map([...conversation.messages].filter(([key]) => key.length < 16));
  return [
    ours,
    serializeConversation({ ...conversation, messages: plainIds }),
    ours.trimEnd(),
    ours.replaceAll('\n', '\r\n'),
    JSON.stringify(plain, null, 2),
    stringifyJson({
      metadata: conversation.metadata,
      messages: Object.fromEntries(conversation.messages),
    }),
    ofTheOriginal(plain.messages),
    ofTheOriginalLater(plain.messages),
    serializeConversation({ ...sampleConversation(), messages: new Map() }),
  ].map((text) => Buffer.from(text));
}

/** As the Python module first wrote them. */
function ofTheOriginal(messages: object): string {
  const metadata = {
    ...{
      conversation_id: '12345',
      name: 'Ann',
      username: 'ann_lee',
      is_group: false,
      is_channel: false,
    },
    ...{ chat_type: 'private', last_message_date: '2023-11-15T12:42:00+00:00', participants: [] },
  };
  return JSON.stringify({ metadata, messages }, null, 2);
}

/** As it wrote them later: no metadata of their own, other spellings. */
function ofTheOriginalLater(messages: object): string {
  const facts = {
    id: 12345,
    name: 'Ann',
    isGroup: false,
    chatType: 'private',
    last_updated: '2023-11-15 12:42:00',
  };
  const last_message = { id: 105, text: 'x', date: '2023-11-15T12:42:00' };
  return JSON.stringify({ ...facts, last_message, messages: Object.values(messages) }, null, 4);
}
