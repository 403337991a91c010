import { describe, expect, test } from 'vitest';
import { readMessage, readOne } from '../support/read.ts';

const read = (text: string | Buffer) =>
  readOne(
    Buffer.concat([
      Buffer.from('{"id":7,"messages":[{"id":1},'),
      Buffer.from(text as string),
      Buffer.from(',{"id":3}]}'),
    ]),
  );

const none = {
  'control-escape': 0,
  'line-separator': 0,
  'invalid-utf8': 0,
  'unquoted-document-id': 0,
  'duplicate-text': 0,
  'missing-id': 0,
  'wrong-type': 0,
};

describe('control characters written as \\xHH', () => {
  test.each([
    [String.raw`a\x0Cb`, 'a\fb'],
    [String.raw`\x00\x1b\x1B`, '\0\x1b\x1b'],
    [String.raw`\\x41\x01`, '\\x41\x01'],
    [String.raw`\\\x01`, '\\\x01'],
    [String.raw`\\\\x41\x7f`, '\\\\x41\x7f'],
    [String.raw`\"\x0c\"`, '"\f"'],
  ])('%s', async (escaped, text) => {
    const { messages, report } = await read(`{"id":2,"text":"${escaped}"}`);
    expect(messages.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(messages[1]?.text).toBe(text);
    expect(report.repaired).toEqual({ ...none, 'control-escape': 1 });
  });

  test('a typed backslash and x alone is left alone', async () => {
    const { messages, report } = await read(String.raw`{"id":2,"text":"\\x41"}`);
    expect(messages[1]?.text).toBe('\\x41');
    expect(report.repaired).toEqual(none);
  });

  test('other illegal escapes are not repaired: the message is skipped with its place', async () => {
    const { messages, report } = await read(String.raw`{"id":2,"text":"\q"}`);
    expect(messages.map(({ id }) => id)).toEqual([1, 3]);
    expect(report.skipped).toEqual({
      count: 1,
      first: [{ place: 'messages[1]', offset: 29, reason: expect.any(String) }],
    });
    expect(report.messages).toBe(2);
  });
});

describe('line separators with stray bytes', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const A8 = [0x80, 0xa8];
  const A9 = [0x80, 0xa9];

  test('lose these, and nothing else', async () => {
    const { messages, report } = await read(
      bytes('{"id":2,"text":"a\\u2028', A8, 'b\\u2029', A9, 'c\uFFFD\uFFFD"}'),
    );
    expect(messages[1]?.text).toBe('a\u2028b\u2029c\uFFFD\uFFFD');
    expect(report.repaired).toEqual({ ...none, 'line-separator': 1 });
  });

  test('keep true replacement characters that follow', async () => {
    const { messages } = await read(bytes('{"id":2,"text":"\\u2028', A8, '\uFFFD"}'));
    expect(messages[1]?.text).toBe('\u2028\uFFFD');
  });

  test('that somebody typed as text are not those', async () => {
    const { messages, report } = await read(bytes('{"id":2,"text":"\\\\u2028', A8, '"}'));
    expect(messages[1]?.text).toBe('\\u2028\uFFFD\uFFFD');
    expect(report.repaired).toEqual({ ...none, 'invalid-utf8': 1 });
  });

  test('with the bytes of the other one are not those', async () => {
    const { messages } = await read(bytes('{"id":2,"text":"\\u2028', A9, '"}'));
    expect(messages[1]?.text).toBe('\u2028\uFFFD\uFFFD');
  });

  test('are told from a character whose last byte is the same', async () => {
    const { messages } = await read(bytes('{"id":2,"text":"\\u2028\u00a8', [0xff], '"}'));
    expect(messages[1]?.text).toBe('\u2028\u00a8\uFFFD');
  });

  test('are repaired together with control characters', async () => {
    const { messages, report } = await read(bytes('{"id":2,"text":"\\x0c\\u2028', A8, '"}'));
    expect(messages[1]?.text).toBe('\f\u2028');
    expect(report.repaired).toEqual({ ...none, 'line-separator': 1, 'control-escape': 1 });
  });

  test('replacement characters of the source are no defect', async () => {
    const { messages, report } = await read('{"id":2,"text":"\\u2028\uFFFD\uFFFD"}');
    expect(messages[1]?.text).toBe('\u2028\uFFFD\uFFFD');
    expect(report.repaired).toEqual(none);
  });

  test('other bytes that are no UTF-8 are replaced', async () => {
    const { messages, report } = await read(bytes('{"id":2,"from":"', [0xff, 0xc3], '"}'));
    expect(messages[1]?.sender_name).toBe('\uFFFD\uFFFD');
    expect(report.repaired).toEqual({ ...none, 'invalid-utf8': 1 });
  });
});

describe('document ids without quotes', () => {
  const part = (value: string, after = '') =>
    `{\n"id": 2,\n"text": [\n{\n"type": "custom_emoji",\n"text": "x",\n"document_id": ${value}${after}\n}\n]\n}`;

  test.each([
    ['video_files/sticker (2).webm', 'video_files/sticker (2).webm'],
    ['(unavailable)', '(unavailable)'],
    ['stickers/a,b.tgs', 'stickers/a,b.tgs'],
    ['files\\odd.webm', 'files\\odd.webm'],
    ['', ''],
  ])('%s', async (value, id) => {
    const { messages, report } = await read(part(value));
    expect(messages[1]?.entities).toMatchObject([{ document_id: id }]);
    expect(report.repaired).toEqual({ ...none, 'unquoted-document-id': 1 });
  });

  test('may be followed by another key', async () => {
    const { messages } = await read(part('a/b.webm', ',\n"more": 1'));
    expect(messages[1]?.entities).toMatchObject([{ document_id: 'a/b.webm', more: 1 }]);
  });

  test('are left alone when they are JSON, beside one that is not', async () => {
    const both =
      '"document_id": a.webm\n},\n{\n"type": "custom_emoji",\n"text": "y",\n"document_id": ';
    const { messages } = await read(
      part('', '').replace('"document_id": ', `${both}5368324170671202286`),
    );
    expect(messages[1]?.entities).toMatchObject([
      { document_id: 'a.webm' },
      { document_id: 5368324170671202286n },
    ]);
  });

  test('a text that looks like one is left alone', async () => {
    const text = JSON.stringify('\n"document_id": x\n');
    const { messages } = await read(`{"id":2,"text":${text},\n"a": [{"document_id": y\n}]}`);
    expect(messages[1]?.text).toBe('\n"document_id": x\n');
    expect(messages[1]?.raw_data).toEqual({ a: [{ document_id: 'y' }] });
  });
});

describe('two keys `text` in a service message', () => {
  test.each([
    ['the label of a button', '"text":"Label","text":"","text_entities":[]', 'Label'],
    ['the text of a gift', '"text": [{"type":"bold","text":"G"}] ,"text" : ""', 'G'],
    ['the second, where the first is empty', '"text":"","text":"B"', 'B'],
    ['the first of two', '"text":"A","text":"B"', 'A'],
    ['nothing', '"text":"","text":""', ''],
    ['with text within', '"text":"say \\"text\\":","x":{"text":"n"},"text":""', 'say "text":'],
  ])('%s', async (_name, keys, text) => {
    const { message, report } = await readMessage(`{"id":1,"type":"service",${keys}}`);
    expect(message.text).toBe(text);
    expect(report.repaired['duplicate-text']).toBe(1);
  });

  test('are not seen where there is one', async () => {
    const { report } = await readMessage({
      id: 1,
      type: 'service',
      text: ['a', { type: 'bold', text: '"text":' }],
      more: { text: 'x' },
    });
    expect(report.repaired['duplicate-text']).toBe(0);
  });

  test('are seen in a message that needs repair, too', async () => {
    const { message, report } = await readMessage(
      String.raw`{"id":1,"type":"service","text":"\x0c","text":""}`,
    );
    expect(message.text).toBe('\f');
    expect(report.repaired).toEqual({ ...none, 'control-escape': 1, 'duplicate-text': 1 });
  });
});

test('what is no message is skipped, and named', async () => {
  const deep = `{"id":9,"a":${'['.repeat(3000)}${']'.repeat(3000)}}`;
  const { messages, report } = await readOne(`{"id":7,"messages":[null,5,[1],{"id":1},${deep}]}`);
  expect(messages).toEqual([{ id: 1 }]);
  expect(report.skipped.first.map(({ place, reason }) => `${place}: ${reason}`)).toEqual([
    'messages[0]: it is no object',
    'messages[1]: it is no object',
    'messages[2]: it is no object',
    'messages[4]: nested too deeply',
  ]);
});
