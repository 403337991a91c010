import { openObject, quote } from './layout.ts';
import type { PlannedChat } from './plan.ts';
import type { Tally } from './sizes.ts';

/** The text of result.json in pieces; counts conversations and messages. */
export function* document(
  sections: readonly string[],
  chats: readonly PlannedChat[],
  tally: Tally,
): Generator<string> {
  yield openObject(0, sections);
  for (const list of ['chats', 'left_chats'] as const) {
    yield `,\n "${list}": {\n  "about": ${quote(abouts[list])},\n  "list": [`;
    let separator = '';
    for (const chat of chats) {
      if (chat.list !== list) continue;
      yield separator;
      yield* conversation(chat, tally);
      separator = ',';
    }
    yield '\n  ]\n }';
  }
  yield '\n}';
}

function* conversation({ heading, messages }: PlannedChat, tally: Tally): Generator<string> {
  yield `\n   ${openObject(3, [...heading, '"messages": ['])}`;
  let separator = '\n     ';
  for (const message of messages) {
    yield separator + message;
    tally.messages++;
    separator = ',\n     ';
  }
  yield '\n    ]\n   }';
  tally.conversations++;
}

const abouts = {
  chats: 'All conversations of this export.',
  left_chats: 'Supergroups and channels you have left.',
};
