import { anyPoll, giveaway } from '../cards.ts';
import type { Chat } from '../chat.ts';
import { formattedText } from '../formatted-text.ts';
import { field, textField } from '../layout.ts';
import { localTime } from '../local-time.ts';
import { photo, video } from '../media.ts';
import { message, service } from '../message.ts';
import { channelReactions } from '../reactions.ts';
import { sentences } from '../sentences.ts';
import { forwardSource } from '../small-talk.ts';
import { merged, plain } from '../text-parts.ts';

/** A channel: longer texts in two languages, signed or not, with pictures and many nameless reactions. */
export function* channelPosts(chat: Chat): Generator<string> {
  const { channel } = chat.cast;
  yield service(chat.next(), channel, 'create_channel', [textField('title', channel.name ?? '')]);
  yield message(chat.next(), { from: channel, media: [anyPoll(chat.random, channel.language)] });
  const draw = chat.next();
  yield message(draw, {
    from: channel,
    media: [giveaway([channel.id], localTime(draw.at + 604_800))],
  });
  yield service(chat.next(), undefined, 'giveaway_results', [
    field('winners', 5),
    field('unclaimed', 0),
    field('stars', false),
  ]);
  yield post(chat, 'Jette B.');
  while (chat.more()) {
    const signed = chat.random.chance(0.3);
    yield post(chat, signed ? chat.random.pick(['Jette B.', 'Шеф', 'guest']) : undefined);
  }
}

function post(chat: Chat, author: string | undefined): string {
  const { random, cast, folder } = chat;
  const stamp = chat.next();
  const { language } = random.pick([cast.me, cast.russianFriend]);
  const attach = random.pick([photo, photo, video]);
  const targets = { people: cast.members, folder };
  const heading = formattedText(random, language, targets);
  const body = `\n\n${sentences(random, language, random.int(1, 4))}`;
  return message(stamp, {
    from: cast.channel,
    edited: random.chance(0.2) ? stamp.at + random.int(10, 90_000) : undefined,
    author,
    forwardedFrom: random.chance(0.05) ? forwardSource(chat) : undefined,
    media: random.chance(0.4) ? attach(chat, stamp.at) : undefined,
    text: random.chance(0.3) ? merged([...heading, ...plain(body)]) : plain(body.trim()),
    tail: random.chance(0.35) ? [channelReactions(chat, stamp.at)] : undefined,
  });
}
