import type { Chat } from '../chat.ts';
import { audio, plainFile } from '../media.ts';
import { message } from '../message.ts';
import { messageText } from '../sentences.ts';
import { forwardSource } from '../small-talk.ts';
import { plain } from '../text-parts.ts';

/** Notes to oneself and forwards worth keeping. */
export function* savedMessages(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  const note = chat.next();
  yield message(note, { from: cast.me, text: plain('Wi-Fi at the cabin: "Kettle\\42"') });
  yield message(chat.next(), {
    from: cast.me,
    forwardedFrom: cast.channel,
    savedFrom: cast.channel,
    text: plain('Sourdough in six sentences'),
  });
  yield message(chat.next(), {
    from: cast.me,
    forwardedFrom: cast.deleted,
    savedFrom: cast.deleted,
    text: plain('from somebody who is gone'),
  });
  while (chat.more()) {
    const stamp = chat.next();
    const source = random.chance(0.5) ? forwardSource(chat) : undefined;
    const attach = random.pick([plainFile, audio]);
    yield message(stamp, {
      from: cast.me,
      forwardedFrom: source,
      savedFrom: source?.idJson ? source : undefined,
      media: random.chance(0.3) ? attach(chat, stamp.at) : undefined,
      text: plain(messageText(random, cast.me.language)),
    });
  }
}
