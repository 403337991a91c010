import type { ConversationInput } from '@tgstore/schema';
import { createRandom, type Random } from '@tgstore/testkit';

/** Texts that stand nowhere else, each in its place in a conversation, and keys of backups. */
export interface Secrets {
  readonly chatName: string;
  readonly username: string;
  readonly phone: string;
  readonly senderName: string;
  readonly text: string;
  readonly before: string;
  readonly mediaPath: string;
  readonly reaction: string;
  readonly forwardedFrom: string;
  readonly url: string;
  readonly rawKey: string;
  readonly rawValue: string;
  readonly other: string;
  readonly passphrase: string;
  /** A secret key of age. */
  readonly identity: string;
}

/** Whom {@link Secrets.identity} belongs to. Both are of the tests of the `age` project. */
export const RECIPIENT = 'age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj';

export function makeSecrets(seed: number): Secrets {
  const random = createRandom(seed);
  const words = (count: number): string =>
    Array.from({ length: count }, () => word(random)).join(' ');
  return {
    chatName: words(4),
    username: `${word(random)}${word(random)}${word(random)}`,
    phone: `+49${Array.from({ length: 14 }, () => random.int(0, 9)).join('')}`,
    senderName: words(4),
    // what is escaped in one way or another, where it is escaped
    text: `${words(4)} "${words(3)}" ${word(random)}ß\u2028é😀 ${words(4)}`,
    before: words(8),
    mediaPath: `photos/${word(random)}${word(random)}/${word(random)}${word(random)}.jpg`,
    reaction: words(3),
    forwardedFrom: words(4),
    url: `https://${word(random)}${word(random)}.example/${word(random)}${word(random)}`,
    rawKey: `${word(random)}${word(random)}${word(random)}`,
    rawValue: words(5),
    other: words(5),
    passphrase: words(4),
    identity: 'AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX',
  };
}

/** A conversation with every secret in its place; `revised` ones have other messages in part. */
export function secretConversation(
  id: string,
  secrets: Secrets,
  {
    messages = 3,
    revised = false,
  }: { readonly messages?: number; readonly revised?: boolean } = {},
): ConversationInput {
  return {
    metadata: {
      conversation_id: id,
      name: secrets.chatName,
      username: secrets.username,
      chat_type: 'private',
      participants: [
        {
          id: 'user7',
          username: secrets.username,
          first_name: secrets.senderName,
          phone: secrets.phone,
        },
      ],
    },
    messages: Array.from({ length: messages }, (_, index) => ({
      id: index + 1,
      sender_id: 'user7',
      sender_name: secrets.senderName,
      text: index === 0 && !revised ? secrets.before : secrets.text,
      date: '2024-01-31T12:30:00Z',
      ...(index === 0 && revised && { edit_date: '2024-02-01T12:30:00Z' }),
      media_type: 'photo',
      media_path: secrets.mediaPath,
      entities: [{ type: 'text_link', offset: 0, length: 3, url: secrets.url }],
      reactions: [{ emoji: secrets.reaction, count: 1, user_ids: ['user7'] }],
      forwarded_from: secrets.forwardedFrom,
      raw_data: { [secrets.rawKey]: secrets.rawValue, phone_number: secrets.phone },
    })),
    other: { note: secrets.other },
  };
}

/** The `result.json` of one chat, as Telegram Desktop writes it, a key a line. */
export function secretExport(id: number, secrets: Secrets): string {
  const { chatName, senderName, text, mediaPath, reaction, forwardedFrom, url } = secrets;
  const message = (number: number): object => ({
    id: number,
    type: 'message',
    date: '2024-01-31T12:30:00',
    date_unixtime: '1706704200',
    from: senderName,
    from_id: 'user7',
    forwarded_from: forwardedFrom,
    photo: mediaPath,
    reactions: [{ type: 'emoji', count: 1, emoji: reaction }],
    [secrets.rawKey]: secrets.rawValue,
    contact_information: { first_name: senderName, phone_number: secrets.phone },
    text: [text, { type: 'text_link', text: 'here', href: url }],
    text_entities: [
      { type: 'plain', text },
      { type: 'text_link', text: 'here', href: url },
    ],
  });
  const messages = [message(1), message(2), message(3)];
  const chat = {
    name: chatName,
    type: 'personal_chat',
    id,
    messages,
    [secrets.rawKey]: secrets.other,
  };
  return JSON.stringify(chat, null, 1);
}

function word(random: Random): string {
  const letters = Array.from({ length: random.int(6, 9) }, () => random.pick(LETTERS));
  return letters.join('');
}

const LETTERS = [...'abcdefghijklmnopqrstuvwxyz'];
