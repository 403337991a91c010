import type { Message } from '@tgstore/schema';

/** Each kind of entity with its text; the texts are those that a test looks for. */
export const entities = [
  ['bold', 'in bold', {}],
  ['italic', 'in italics', {}],
  ['underline', 'underlined', {}],
  ['strikethrough', 'struck out', {}],
  ['spoiler', 'a spoiler', {}],
  ['code', 'let x = 1', {}],
  ['pre', 'const answer = 42;\nprint(answer);', { language: 'typescript' }],
  ['blockquote', 'somebody said so', {}],
  ['link', 'https://example.org/boats', {}],
  ['text_link', 'a named link', { url: 'https://example.org/named' }],
  ['mention', '@ann_lee', {}],
  ['mention_name', 'Ann by name', { user_id: 100 }],
  ['hashtag', '#rowing', {}],
  ['cashtag', '$EUR', {}],
  ['bot_command', '/start', {}],
  ['email', 'ann@example.org', {}],
  ['phone', '+49 30 901820', {}],
  ['bank_card', '4242 4242 4242 4242', {}],
  ['custom_emoji', '🫠', { document_id: '5368324170671202286' }],
  ['unknown', 'of a later kind', {}],
] as const;

/** One message for each, then one in which they overlap. */
export function everyEntity(): Message[] {
  const each = entities.map(([type, text, more], index): Message => {
    const before = 'Here is ';
    return {
      ...head(index + 1),
      text: `${before}${text} and more`,
      entities: [{ type, offset: before.length, length: text.length, ...more }],
    };
  });
  const overlapping: Message = {
    ...head(entities.length + 1),
    text: 'one two three',
    entities: [
      { type: 'bold', offset: 0, length: 7 },
      { type: 'italic', offset: 4, length: 9 },
    ],
  };
  return [...each, overlapping];
}

function head(id: number) {
  const date = new Date(Date.UTC(2025, 0, 5, 10, id)).toISOString();
  return { id, date, is_outgoing: false, sender_id: 'user300', sender_name: 'Tea Bot' };
}
