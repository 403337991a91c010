import { expect, test } from 'vitest';
import { readMessage } from '../support/read.ts';

const plain = (text: string) => ({ type: 'plain', text });

test('a rich message gives its words as text, and stays whole', async () => {
  const rich_message = {
    rtl: false,
    blocks: [
      { type: 'heading', level: 1, text: plain('Title') },
      {
        type: 'paragraph',
        text: { type: 'concat', text: [plain('a '), { type: 'bold', text: plain('b') }, ' c'] },
      },
      { type: 'divider' },
      {
        type: 'list',
        kind: 'bullet',
        items: [{ text: plain('one') }, { blocks: [{ text: plain('two') }] }],
      },
      { type: 'table', rows: [{ cells: [{ text: plain('x') }, { text: plain('y') }] }] },
      { type: 'math', source: 'e=mc^2' },
      { type: 'photo', id: '5', caption: { text: plain('Look') } },
    ],
  };
  const { message } = await readMessage({ id: 1, rich_message });
  expect(message).toEqual({
    id: 1,
    text: 'Title\na b c\none\ntwo\nx\ty\ne=mc^2\nLook',
    raw_data: { rich_message },
  });
});

test('beside a text it is kept only', async () => {
  const rich_message = { blocks: [{ text: plain('a') }] };
  const { message } = await readMessage({ id: 1, text: 'b', rich_message });
  expect(message).toEqual({ id: 1, text: 'b', raw_data: { rich_message } });
});

test.each([5, null, 'x', []])('%j is none, and kept', async (rich_message) => {
  const { message } = await readMessage({ id: 1, rich_message });
  expect(message.raw_data).toEqual({ rich_message });
});
