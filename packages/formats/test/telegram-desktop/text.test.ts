import { expect, test } from 'vitest';
import { readMessage } from '../support/read.ts';

const plain = (text: string) => ({ type: 'plain', text });

test.each([
  ['a string', { text: 'a' }, { text: 'a' }],
  ['a string and its part', { text: 'a', text_entities: [plain('a')] }, { text: 'a' }],
  ['nothing', { text: '', text_entities: [] }, { text: '' }],
  ['nothing, as an array', { text: [] }, { text: '' }],
  ['no text at all', {}, {}],
  ['null', { text: null, text_entities: null }, {}],
  ['parts only', { text_entities: [plain('a'), plain('b')] }, { text: 'ab' }],
  [
    'parts of old exports',
    { text: ['a ', { type: 'bold', text: 'b😀' }, ' c', { type: 'link', text: 'd' }, ''] },
    {
      text: 'a b😀 c' + 'd',
      entities: [
        { type: 'bold', offset: 2, length: 3 },
        { type: 'link', offset: 7, length: 1 },
      ],
    },
  ],
  [
    'all details of entities',
    {
      text_entities: [
        { type: 'text_link', text: 'a', href: 'https://example.org' },
        { type: 'mention_name', text: 'b', user_id: 9 },
        { type: 'pre', text: 'c', language: '' },
        { type: 'blockquote', text: 'd', collapsed: true },
        { type: 'custom_emoji', text: 'e', document_id: '(unavailable)' },
        { type: 'bold', text: '' },
      ],
    },
    {
      text: 'abcde',
      entities: [
        { type: 'text_link', offset: 0, length: 1, url: 'https://example.org' },
        { type: 'mention_name', offset: 1, length: 1, user_id: 9 },
        { type: 'pre', offset: 2, length: 1, language: '' },
        { type: 'blockquote', offset: 3, length: 1, collapsed: true },
        { type: 'custom_emoji', offset: 4, length: 1, document_id: '(unavailable)' },
      ],
    },
  ],
  [
    'two texts that differ',
    { text: 'b', text_entities: [plain('a')] },
    { text: 'a', raw_data: { text: 'b' } },
  ],
  [
    'one part that is marked',
    { text: 'a', text_entities: [{ type: 'bold', text: 'a' }] },
    { text: 'a', entities: [{ type: 'bold', offset: 0, length: 1 }] },
  ],
  ['a text without its parts', { text: 'b', text_entities: [] }, { text: 'b' }],
  [
    'an href that is none',
    { text_entities: [{ type: 'text_link', text: 'a', href: 5 }] },
    { text: 'a', entities: [{ type: 'text_link', offset: 0, length: 1, href: 5 }] },
  ],
  [
    'details under our own names',
    { text: [{ type: 'bold', text: 'a', offset: 99 }] },
    {
      text: 'a',
      entities: [{ type: 'bold', offset: 0, length: 1 }],
      raw_data: { text: [{ type: 'bold', text: 'a', offset: 99 }] },
    },
  ],
  [
    'a part without type',
    { text: ['a', { text: 'b' }] },
    { text: 'ab', raw_data: { text: ['a', { text: 'b' }] } },
  ],
])('%s', async (_name, source, ours) => {
  const { message } = await readMessage({ id: 1, ...source });
  expect(message).toEqual({ id: 1, ...ours });
});

const ENTITY_TYPES =
  'unknown mention hashtag bot_command link email bold italic underline strikethrough spoiler code pre text_link mention_name phone cashtag bank_card blockquote custom_emoji tomorrow';

test.each(ENTITY_TYPES.split(' '))('%s is an entity of that name', async (type) => {
  const { message } = await readMessage({ id: 1, text: ['x', { type, text: 'y' }] });
  expect(message.entities).toEqual([{ type, offset: 1, length: 1 }]);
});
