import { expect, test } from 'vitest';
import {
  AFTER_MESSAGES,
  BEFORE_METADATA,
  closingLines,
  FIRST_LINE,
  MESSAGE_SEPARATOR,
  messageLine,
} from '../src/index.ts';

test('the pieces make the file that the format describes', () => {
  const file = [
    FIRST_LINE,
    messageLine({ id: 101, text: 'Hi\n' }),
    MESSAGE_SEPARATOR,
    messageLine({ id: 2n ** 64n }),
    MESSAGE_SEPARATOR,
    messageLine({ id: 'a"b' }, 'a"b'),
    closingLines({ conversation_id: '12345' }, { other: { extra: [1n], 'a"': null } }),
  ].join('');
  expect(file).toBe(`{"messages":{
"101":{"id":101,"text":"Hi\\n"},
"18446744073709551616":{"id":18446744073709551616},
"a\\"b":{"id":"a\\"b"}
},
"metadata":{"conversation_id":"12345"},"extra":[1],"a\\"":null}
`);
});

test('a file without messages has the same lines around none', () => {
  const file = FIRST_LINE + closingLines({ conversation_id: '1' }, { empty: true });
  expect(file).toBe('{"messages":{\n},\n"metadata":{"conversation_id":"1"}}\n');
  expect(file).toContain(AFTER_MESSAGES + BEFORE_METADATA);
});

test('what JSON has no value for is left out, as everywhere', () => {
  const other = { a: undefined, b: 1, c: () => 1 };
  const file = FIRST_LINE + closingLines({ conversation_id: '1' }, { other, empty: true });
  expect(JSON.parse(file)).toEqual({ messages: {}, metadata: { conversation_id: '1' }, b: 1 });
  expect(closingLines({ conversation_id: '1' }, { other: { a: undefined } })).toBe(
    closingLines({ conversation_id: '1' }),
  );
});

test('the last message ends where AFTER_MESSAGES begins', () => {
  expect(closingLines({ conversation_id: '1' }).startsWith(AFTER_MESSAGES + BEFORE_METADATA)).toBe(
    true,
  );
});
