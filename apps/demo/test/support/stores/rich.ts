import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import type { Message } from '@tgstore/schema';
import { encodeJpeg } from '@tgstore/testkit';
import { everyEntity } from './every-entity.ts';

/** What tests look for in the store of {@link writeRichStore}. */
export const rich = {
  ann: { id: '100', name: 'Ann Lee', messages: 400, deleted: 1 },
  club: { id: '-1000000000200', name: 'Rowing club' },
  bot: { id: '300', name: 'Tea Bot' },
  channel: { id: '-1000000000400', name: 'Slow Kitchen' },
  arabic: { id: '500', name: 'نور الحداد' },
  /** Its processing failed. */
  failed: { id: '600', name: 'Broken Umbrella', error: 'the umbrella is full of holes' },
  conversations: 6,
} as const;

/** Six conversations that have, between them, everything that the page shows; a photo of theirs is in `export` beside the store. */
export async function writeRichStore(storageDir: string): Promise<void> {
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  const { ann, club, bot, channel, arabic, failed } = rich;
  await store.mergeConversation({
    metadata: {
      conversation_id: ann.id,
      name: ann.name,
      chat_type: 'private',
      username: 'ann_lee',
    },
    messages: annsMessages(),
  });
  await store.mergeConversation({
    metadata: {
      conversation_id: club.id,
      name: club.name,
      chat_type: 'supergroup',
      is_group: true,
    },
    messages: clubMessages(),
  });
  await store.mergeConversation({
    metadata: { conversation_id: bot.id, name: bot.name, chat_type: 'bot', username: 'tea_bot' },
    messages: everyEntity(),
  });
  await store.mergeConversation({
    metadata: {
      conversation_id: channel.id,
      name: channel.name,
      chat_type: 'channel',
      is_channel: true,
    },
    messages: texts(['Onions, slowly', 'Bread, more slowly']),
  });
  await store.mergeConversation({
    metadata: { conversation_id: arabic.id, name: arabic.name, chat_type: 'private' },
    messages: texts(['مرحبا, see you at 10:00 في المحطة', 'שלום Ann', 'Plain English again']),
  });
  await store.mergeConversation({
    metadata: { conversation_id: failed.id, name: failed.name, chat_type: 'private' },
    messages: texts(['It rains']),
  });
  await editTwice(store);
  await store.processAllUnprocessed(
    async ({ id }) => {
      if (id === failed.id) throw new Error(failed.error);
    },
    { ids: [channel.id, arabic.id, failed.id] },
  );
  await writePhoto(join(storageDir, '../export/photos'));
}

/** Four hundred days, one message each, then what is special. */
function annsMessages(): Message[] {
  const count = rich.ann.messages - SPECIAL.length;
  const plain = Array.from({ length: count }, (_, index): Message => {
    const id = index + 1;
    const date = day(index);
    return id % 2 === 0
      ? { id, text: `Day ${id}: nothing much`, date, is_outgoing: true, ...me }
      : { id, text: `Day ${id}: still raining`, date, is_outgoing: false, ...annLee };
  });
  return [
    ...plain,
    ...SPECIAL.map((message, index): Message => {
      const date = new Date(Date.parse(day(count)) + index * 60_000).toISOString();
      return { id: count + 1 + index, date, is_outgoing: false, ...annLee, ...message };
    }),
  ];
}

function day(index: number): string {
  return new Date(Date.UTC(2024, 0, 1, 12) + index * 86_400_000).toISOString();
}

const me = { sender_id: 'user1', sender_name: 'Mira' };
const annLee = { sender_id: 'user100', sender_name: 'Ann Lee' };

const SPECIAL: readonly Partial<Message>[] = [
  { text: 'I answer something old', reply_to_id: 5 },
  { text: 'Someone wrote this first', forwarded_from: 'Cid the Fox' },
  {
    text: 'Look',
    media_type: 'photo',
    media_path: 'photos/there.jpg',
    raw_data: { width: 320, height: 200 },
  },
  { text: 'And this one', media_type: 'photo', media_path: 'photos/gone.jpg' },
  {
    text: '',
    media_type: 'file',
    media_path: 'files/Rechnung.pdf',
    raw_data: { file_name: 'Rechnung.pdf', file_size: 12_345 },
  },
  { text: '', raw_data: { type: 'service', action: 'phone_call', duration_seconds: 61 } },
  { text: 'Edit me', ...me, is_outgoing: true },
  {
    text: 'Good?',
    reactions: [
      { emoji: '👍', count: 3 },
      { emoji: '🎉', count: 1 },
    ],
  },
  {
    text: 'A secret follows: it was the heron',
    entities: [{ type: 'spoiler', offset: 18, length: 16 }],
  },
  { text: 'The end of it' },
];

/** Gives one message a history, and deletes another. */
async function editTwice(store: EnhancedFileManager): Promise<void> {
  const id =
    rich.ann.messages - SPECIAL.length + SPECIAL.findIndex(({ text }) => text === 'Edit me') + 1;
  const date = annsMessages()[id - 1]?.date;
  for (const [index, text] of ['Edited once', 'Edited twice'].entries()) {
    const edit_date = new Date(Date.parse(date ?? '') + (index + 1) * 30_000).toISOString();
    await store.appendMessages(rich.ann.id, [
      { id, text, date, edit_date, is_outgoing: true, ...me },
    ]);
  }
  await store.deleteMessages(rich.ann.id, [3]);
}

function clubMessages(): Message[] {
  return Array.from({ length: 60 }, (_, index) => ({
    id: index + 1,
    sender_id: `user${index % 5}`,
    sender_name: ['Tom', 'Ida', 'Катя', '阿梅', 'Jonas'][index % 5] as string,
    text: index === 30 ? 'The heron stole a sandwich' : `Boat number ${index}`,
    date: new Date(Date.UTC(2025, 2, 1, 8 + (index % 12), index)).toISOString(),
    is_outgoing: false,
  }));
}

function texts(list: readonly string[]): Message[] {
  return list.map((text, index) => ({
    id: index + 1,
    text,
    date: new Date(Date.UTC(2025, 5, 1, 9, index)).toISOString(),
    is_outgoing: false,
    sender_id: 'user7',
    sender_name: 'Nour',
  }));
}

async function writePhoto(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const picture = encodeJpeg(320, 200, (x, y) => [x * 0.7, y, 160]);
  await writeFile(join(directory, 'there.jpg'), picture);
}
