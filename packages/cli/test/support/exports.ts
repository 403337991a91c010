/** The smallest exports that a test needs, in the form that Telegram Desktop writes. */

export interface TestMessage {
  readonly id: number;
  readonly text?: string;
  readonly edited?: string;
}

export function chat(
  messages: readonly TestMessage[],
  options: { id?: unknown; type?: string; name?: string } = {},
): object {
  const { type = 'personal_chat', name = 'Ann' } = options;
  const id = 'id' in options ? options.id : 100;
  return {
    name,
    type,
    ...(id !== undefined && { id }),
    messages: messages.map(({ id: messageId, text = `text ${messageId}`, edited }) => ({
      id: messageId,
      type: 'message',
      date: '2024-01-12T13:00:00',
      date_unixtime: String(1_705_060_800 + messageId),
      ...(edited !== undefined && { edited: '2024-01-13T13:00:00', edited_unixtime: edited }),
      from: 'Ann Lee',
      from_id: 'user100',
      text,
      text_entities: [{ type: 'plain', text }],
    })),
  };
}

export function account(...chats: object[]): object {
  return {
    about: 'An export',
    personal_information: { user_id: 1, first_name: 'Me', last_name: '', phone_number: '' },
    chats: { about: 'Chats', list: chats },
  };
}

export function toText(value: object): string {
  return JSON.stringify(value, null, 1);
}
