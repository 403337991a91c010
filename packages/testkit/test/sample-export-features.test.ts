import { expect, test } from 'vitest';
import { entityTypes } from '../src/sample-export/formatted-text.ts';
import { type ParsedChat, type ParsedMessage, type Part, parsedExport } from './support/export.ts';

// nothing but what is always there
const smallest: ParsedChat[][] = [1, 2, 3, 4].map((seed) => {
  const parsed = parsedExport({ seed, messages: 0 });
  return [...parsed.chats.list, ...parsed.left_chats.list];
});

const file = (kind: string) => (m: ParsedMessage) => m.media_type === kind;
const action = (name: string) => (m: ParsedMessage) => m.action === name;
const value = (text: string) => (m: ParsedMessage) => Object.values(m).includes(text);
const reaction = (find: (r: Part) => unknown) => (m: ParsedMessage) => m.reactions?.some(find);
const gone = (id: number, chat: ParsedChat) => !chat.messages.some((m) => m.id === id);

const features: Record<string, (message: ParsedMessage, chat: ParsedChat) => unknown> = {
  photo: (m) => m.photo && m.photo_file_size,
  'photo path': (m) => m.photo?.startsWith('chats/chat_'),
  'file path': (m) => m.file?.startsWith('chats/chat_') && m.file.endsWith(m.file_name),
  'file not included': value('(File not included. Change data exporting settings to download.)'),
  'file too big': value('(File exceeds maximum size. Change data exporting settings to download.)'),
  'file unavailable': value('(File unavailable, please try again later)'),
  'plain file': (m) => m.file && !m.media_type,
  video: file('video_file'),
  'round video': file('video_message'),
  'voice message': file('voice_message'),
  sticker: file('sticker'),
  animation: file('animation'),
  music: file('audio_file'),
  spoiler: (m) => m.media_spoiler,
  'self destruction': (m) => m.self_destruct_period_seconds,
  location: (m) => m.location_information?.latitude,
  'unknown location': (m) => m.location_information === null,
  'live location': (m) => m.live_location_period_seconds,
  venue: (m) => m.place_name,
  contact: (m) => m.contact_information && m.contact_vcard,
  poll: (m) => m.poll?.answers.length > 1,
  'poll with formatting': (m) =>
    Array.isArray(m.poll?.question) &&
    m.poll.answers.some((answer: Part) => Array.isArray(answer.text)),
  'to-do list': (m) => m.todo_list,
  invoice: (m) => m.invoice_information,
  game: (m) => m.game_link,
  giveaway: (m) => m.giveaway_information,
  'paid media': (m) => m.paid_stars_amount,
  edit: (m) => m.edited && m.edited_unixtime,
  reply: (m) => m.reply_to_message_id,
  'reply to what is not there': (m, chat) =>
    m.reply_to_message_id && !m.reply_to_peer_id && gone(m.reply_to_message_id, chat),
  'reply to another chat': (m) => m.reply_to_peer_id,
  forward: (m) => m.forwarded_from && m.forwarded_from_id,
  'forward of a deleted account': (m) => m.forwarded_from === null,
  'forward of a hidden sender': (m) => m.forwarded_from && !m.forwarded_from_id,
  'saved from': (m) => m.saved_from,
  signature: (m) => m.author,
  'via bot': (m) => m.via_bot,
  buttons: (m) => m.inline_bot_buttons,
  reaction: reaction((r) => r.type === 'emoji'),
  'reaction with custom emoji': reaction((r) => r.type === 'custom_emoji' && r.document_id),
  'paid reaction': reaction((r) => r.type === 'paid'),
  'reaction with people': reaction((r) => r.recent),
  'reaction without people': reaction((r) => !r.recent),
  album: (m, chat) => {
    const next = chat.messages[chat.messages.indexOf(m) + 1];
    return m.photo && next?.photo && next.date_unixtime === m.date_unixtime && next.from === m.from;
  },
  unsupported: (m) => m.type === 'unsupported' && Object.keys(m).length === 2,
  empty: (m) => m.type === 'message' && m.text === '' && Object.keys(m).length === 8,
  emoji: (m) => typeof m.text === 'string' && m.text.includes('👨‍👩‍👧‍👦'),
  arabic: (m) => /\p{Script=Arabic}{3}/u.test(String(m.text)),
  hebrew: (m) => /\p{Script=Hebrew}{2}/u.test(String(m.text)),
  chinese: (m) => /^[\p{Script=Han}]{3}/u.test(String(m.text)),
  japanese: (m) => /\p{Script=Hiragana}/u.test(String(m.text)),
  cyrillic: (m) => /\p{Script=Cyrillic}/u.test(String(m.text)),
  'long text': (m) => String(m.text).length > 1000 && String(m.text).includes('\n'),
  'quotes and backslashes': (m) => /["\\]/.test(String(m.text)),
};

const actions = [
  ...['phone_call', 'set_messages_ttl', 'joined_telegram', 'edit_chat_theme', 'take_screenshot'],
  ...['create_group', 'edit_group_title', 'edit_group_photo', 'delete_group_photo'],
  ...['invite_members', 'remove_members', 'join_group_by_link', 'join_group_by_request'],
  ...['group_call', 'group_call_scheduled', 'invite_to_group_call', 'pin_message'],
  ...['migrate_to_supergroup', 'migrate_from_group', 'topic_created', 'topic_edit'],
  ...['send_star_gift', 'send_premium_gift', 'boost_apply', 'todo_completions'],
  ...['todo_append_tasks', 'send_payment', 'send_webview_data', 'requested_peer'],
  ...['allow_sending_messages', 'score_in_game', 'create_channel', 'giveaway_results'],
];
for (const name of actions) features[`action ${name}`] = action(name);

test.each(Object.entries(features))('every sample has: %s', (_name, has) => {
  for (const chats of smallest) {
    const found = chats.some((chat) => chat.messages.some((message) => has(message, chat)));
    expect(found).toBe(true);
  }
});

test.each(entityTypes)('every sample has entities of type %s', (type) => {
  for (const chats of smallest) {
    const messages = chats.flatMap((chat) => chat.messages);
    const parts = messages.flatMap((message) => message.text_entities ?? []);
    expect(parts.some((part) => part.type === type)).toBe(true);
  }
});
