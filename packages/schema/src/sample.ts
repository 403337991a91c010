import type { Conversation } from './conversation.ts';
import { SCHEMA_VERSION } from './migrations.ts';

/** A small valid conversation that uses every key of the format; a new one with each call. */
export function sampleConversation(): Conversation {
  return {
    messages: new Map([
      [
        '101',
        {
          id: 101,
          sender_id: 'user1',
          sender_name: 'Ann Lee',
          text: 'Look at https://example.org',
          date: '2023-11-15T12:30:00Z',
          is_outgoing: false,
          entities: [{ type: 'link', offset: 8, length: 19 }],
          reactions: [{ emoji: '👍', count: 1, user_ids: ['user2'] }],
        },
      ],
      [
        '102',
        {
          id: 102,
          sender_id: 'user2',
          sender_name: 'Bob',
          text: 'Here is mine',
          date: '2023-11-15T12:31:00Z',
          edit_date: '2023-11-15T12:32:10Z',
          is_outgoing: true,
          reply_to_id: 101,
          media_type: 'photo',
          media_path: 'photos/photo_1@15-11-2023_12-31-00.jpg',
          forwarded_from: 'Cid',
          raw_data: { width: 1280, height: 720 },
        },
      ],
      [
        '103',
        { id: 103, sender_id: 'user1', text: '', date: '2023-11-15T12:40:00Z', deleted: true },
      ],
    ]),
    metadata: {
      conversation_id: '12345',
      name: 'Ann',
      username: 'ann_lee',
      is_group: false,
      is_channel: false,
      chat_type: 'private',
      conversation_types: ['personal_chat'],
      last_message_date: '2023-11-15T12:40:00Z',
      last_update: '2023-11-15T13:00:00Z',
      participants: [
        { id: 'user1', username: 'ann_lee', first_name: 'Ann', last_name: 'Lee' },
        { id: 'user2', username: null, first_name: 'Bob', last_name: null },
      ],
      message_count: 3,
      last_message_id: 103,
      revision: 1,
      revision_id: '0b8f6c1e2d3a4f5b9c7d8e9fa0b1c2d3',
      schema_version: SCHEMA_VERSION,
      source: { format: 'telegram-desktop' },
    },
  };
}
