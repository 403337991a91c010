import type { Chat } from '../chat.ts';
import { message } from '../message.ts';
import { messageText } from '../sentences.ts';
import { plain } from '../text-parts.ts';

/** A supergroup one has left. Only own messages are exported, so what they reply to is not there. */
export function* leftSupergroup(chat: Chat): Generator<string> {
  const { random, cast } = chat;
  yield message(chat.next(), { from: cast.me, text: plain('hello, my E key sticks') });
  do {
    yield message(chat.next(), {
      from: cast.me,
      replyTo: random.chance(0.5) ? chat.missing() : undefined,
      text: plain(messageText(random, cast.me.language)),
    });
  } while (chat.more());
}
