import type { Chat, Stamp } from './chat.ts';
import { formattedText } from './formatted-text.ts';
import { attachments, takesCaption } from './media.ts';
import { message } from './message.ts';
import { hiddenPeer, type Peer } from './peers.ts';
import { messageText } from './sentences.ts';
import { plain, type TextPart } from './text-parts.ts';

/** How people talk in a chat; the numbers are probabilities per message. */
export interface Habits {
  /** Who writes; the first ones more than the last ones. */
  readonly speakers: readonly Peer[];
  readonly replies: number;
  readonly media: number;
  readonly forwards: number;
  readonly formatting: number;
  readonly reactions: number;
  /** The `reactions` field of a message. */
  readonly react: (chat: Chat, at: number, author: Peer) => string;
}

/** Messages without any plan, until the chat is long enough. */
export function* smallTalk(chat: Chat, habits: Habits): Generator<string> {
  while (chat.more()) yield anyMessage(chat, habits, chat.next());
}

/** One such message. */
export function anyMessage(chat: Chat, habits: Habits, stamp: Stamp): string {
  const { random } = chat;
  const author = speaker(chat, habits);
  const attach = random.chance(habits.media) ? random.pick(attachments) : undefined;
  const silent = attach && (!takesCaption(attach) || random.chance(0.6));
  return message(stamp, {
    from: author,
    edited: random.chance(0.05) ? stamp.at + random.int(5, 3000) : undefined,
    forwardedFrom: random.chance(habits.forwards) ? forwardSource(chat) : undefined,
    replyTo: random.chance(habits.replies) ? replyTarget(chat) : undefined,
    media: attach?.(chat, stamp.at),
    text: silent ? [] : anyText(chat, habits, author),
    tail: random.chance(habits.reactions) ? [habits.react(chat, stamp.at, author)] : undefined,
  });
}

/** Where a forwarded message came from: a channel, a person, a deleted account, or somebody who does not say. */
export function forwardSource({ random, cast }: Chat): Peer {
  const chance = random.next();
  if (chance < 0.5) return cast.channel;
  if (chance < 0.9) return random.pick(cast.members);
  return hiddenPeer('Someone Shy', cast.me.language);
}

function speaker({ random }: Chat, { speakers }: Habits): Peer {
  const steep = random.next() ** 2;
  return speakers[Math.floor(steep * speakers.length)] as Peer;
}

function anyText(chat: Chat, habits: Habits, author: Peer): TextPart[] {
  const { random, folder } = chat;
  if (random.chance(habits.formatting)) {
    return formattedText(random, author.language, { people: habits.speakers, folder });
  }
  return plain(messageText(random, author.language));
}

function replyTarget(chat: Chat): number {
  return chat.random.chance(0.1) ? chat.missing() : chat.earlier();
}
