import type { Chat } from '../chat.ts';
import { field, textField } from '../layout.ts';
import { videoMessage } from '../media.ts';
import { message, service } from '../message.ts';
import type { Peer } from '../peers.ts';
import { privateReactions } from '../reactions.ts';
import { oddities } from '../sentences.ts';
import { type Habits, smallTalk } from '../small-talk.ts';
import { plain } from '../text-parts.ts';

/** A chat with a friend: the odd texts, calls, a timer for messages, a theme, and small talk. */
export function* personalChat(chat: Chat, friend: Peer): Generator<string> {
  const { me } = chat.cast;
  yield service(chat.next(), friend, 'joined_telegram');
  yield* phoneCalls(chat, friend);
  for (const text of oddities) yield message(chat.next(), { from: friend, text: plain(text) });
  yield service(chat.next(), me, 'set_messages_ttl', [field('period', 604_800)]);
  yield service(chat.next(), friend, 'set_messages_ttl', [field('period', 0)]);
  yield service(chat.next(), friend, 'edit_chat_theme', [textField('emoticon', '🏠')]);
  yield service(chat.next(), me, 'set_chat_wallpaper');
  yield service(chat.next(), friend, 'take_screenshot');
  yield service(chat.next(), friend, 'send_premium_gift', [
    textField('cost', '12,99 €'),
    field('days', 90),
  ]);
  const roundVideo = chat.next();
  yield message(roundVideo, { from: friend, media: videoMessage(chat, roundVideo.at, 'path') });
  yield* smallTalk(chat, privateHabits(me, friend));
}

/** A few words with somebody one hardly knows. */
export function* briefChat(chat: Chat, acquaintance: Peer): Generator<string> {
  yield* smallTalk(chat, privateHabits(chat.cast.me, acquaintance));
}

/** A chat with somebody whose account is gone: no names, and nothing that needs one. */
export function* deletedAccountChat(chat: Chat): Generator<string> {
  const { me, deleted } = chat.cast;
  yield message(chat.next(), { from: deleted, text: plain('Is the boat still for sale?') });
  yield message(chat.next(), { from: me, replyTo: chat.earlier(), text: plain('sold 😔') });
  yield service(chat.next(), deleted, 'phone_call', [textField('discard_reason', 'missed')]);
  yield* smallTalk(chat, { ...privateHabits(me, deleted), media: 0 });
}

function* phoneCalls(chat: Chat, friend: Peer): Generator<string> {
  const { me } = chat.cast;
  yield service(chat.next(), me, 'phone_call', [
    field('duration_seconds', chat.random.int(20, 5000)),
    textField('discard_reason', 'hangup'),
  ]);
  for (const reason of ['missed', 'busy']) {
    yield service(chat.next(), friend, 'phone_call', [textField('discard_reason', reason)]);
  }
  yield service(chat.next(), me, 'phone_call', [
    field('duration_seconds', 31),
    textField('discard_reason', 'disconnect'),
  ]);
}

function privateHabits(me: Peer, other: Peer): Habits {
  return {
    speakers: [other, me],
    replies: 0.1,
    media: 0.12,
    forwards: 0.02,
    formatting: 0.05,
    reactions: 0.08,
    react: (chat, at, author) => privateReactions(chat, at, author === me ? other : me),
  };
}
