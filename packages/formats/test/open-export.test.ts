import { describe, expect, test } from 'vitest';
import { type FormatError, openExport } from '../src/index.ts';
import { chatJson, chunks, readAll, readOne } from './support/read.ts';

const MESSAGE = { id: 1, type: 'message', date_unixtime: '1700000000', text: 'Hi' };

async function refusal(input: string | Uint8Array, options = {}): Promise<unknown> {
  return readAll(input, options).then(
    () => 'read',
    (error: unknown) => error,
  );
}

describe('what is no export is refused, with what it looks like', () => {
  test.each([
    ['nothing', '', 'FORMAT_EMPTY', /empty/],
    ['white space', ' \n\t\r\n', 'FORMAT_EMPTY', /empty/],
    ['a mark and nothing', '\uFEFF', 'FORMAT_EMPTY', /empty/],
    ['HTML', '<!DOCTYPE html><html>', 'FORMAT_NOT_JSON', /HTML/],
    ['HTML after white space', '\n\n  <html>', 'FORMAT_NOT_JSON', /HTML.*byte 4/],
    ['text', 'Hello there', 'FORMAT_NOT_JSON', /plain text/],
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"a":1}', 'utf16le'), 'FORMAT_NOT_JSON', /UTF-16/],
    ['UTF-16 without', Buffer.from('{"a":1}', 'utf16le'), 'FORMAT_NOT_JSON', /UTF-16/],
    ['big-endian UTF-16', Buffer.from('\0{\0"\0a\0"'), 'FORMAT_NOT_JSON', /UTF-16/],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'FORMAT_NOT_JSON', /gzip; unpack/],
    ['zip', Buffer.from('PK\x03\x04....'), 'FORMAT_NOT_JSON', /zip archive; unpack/],
    ['SQLite', Buffer.from('SQLite format 3\0'), 'FORMAT_NOT_JSON', /SQLite/],
    ['zeros', Buffer.alloc(100), 'FORMAT_NOT_JSON', /zero bytes/],
    ['binary', Buffer.from([1, 2, 3, 4, 5]), 'FORMAT_NOT_JSON', /binary/],
    ['an empty object', '{}', 'FORMAT_UNKNOWN', /without any key/],
    ['another object', '{"foo":1,"bar":[]}', 'FORMAT_UNKNOWN', /with 2 unknown keys;/],
    [
      'one of keys that are known',
      '{"name":"A","from":1,"Ann":2}',
      'FORMAT_UNKNOWN',
      /the keys "name", "from" and 1 other key;/,
    ],
    ['an empty array', '[]', 'FORMAT_UNKNOWN', /empty array/],
    ['an array of numbers', '[1,2]', 'FORMAT_UNKNOWN', /array of numbers/],
    ['an array of objects', '[{"a":1}]', 'FORMAT_UNKNOWN', /objects with 1 unknown key;/],
    ['Telethon', '[{"_":"Message","id":1}]', 'FORMAT_UNKNOWN', /Telethon/],
    ['Bot API', '{"ok":true,"result":[{"update_id":1}]}', 'FORMAT_UNKNOWN', /Bot API/],
    ['Bot API, bare', '[{"update_id":1}]', 'FORMAT_UNKNOWN', /Bot API/],
    ['one Bot API update', '{"update_id":1,"message":{}}', 'FORMAT_UNKNOWN', /Bot API/],
    ['tdl users', '{"id":1,"users":[]}', 'FORMAT_UNKNOWN', /users by tdl/],
    [
      'tdl',
      '{"id":1,"messages":[{"id":9,"type":"message","file":"a.jpg"}]}',
      'FORMAT_UNKNOWN',
      /tdl/,
    ],
    ['a file of a store', '{"messages":{"1":{"id":1}},"metadata":{}}', 'FORMAT_UNKNOWN', /by id/],
    ['a beginning', '{"na', 'FORMAT_TRUNCATED', /ends early, at byte 4/],
    ['no colon', '{"name" "x"}', 'FORMAT_INVALID_JSON', /byte 8/],
    ['messages that are none', chatJson([]).replace('[]', '5'), 'FORMAT_INVALID_JSON', /messages/],
  ])('%s', async (_name, input, code, words) => {
    const error = (await refusal(input)) as Error;
    expect(error).toMatchObject({ name: 'FormatError', code });
    expect(error.message).toMatch(words);
    expect(error.message).not.toMatch(/\.$|\n/);
  });

  test('for every size of chunks', async () => {
    for (const chunk of [1, 2, 3, 5]) {
      for (const input of ['', '  ', 'PK\x03\x04abc', '{"foo":1}', '[1]', '\uFEFF ']) {
        expect(await refusal(input, { chunk })).toMatchObject({ name: 'FormatError' });
      }
    }
  });

  test('a source that is refused is closed', async () => {
    let closed = 0;
    async function* source(text: string): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from(text);
      } finally {
        closed += 1;
      }
    }
    for (const text of ['<html>', '[{"_":"Message"},', '{"a":"a","b"']) {
      await expect(openExport(source(text))).rejects.toMatchObject({ name: 'FormatError' });
    }
    expect(closed).toBe(3);
  });
});

describe('a single chat', () => {
  test('is recognised by its messages', async () => {
    const result = await readAll(chatJson([MESSAGE]));
    expect(result).toMatchObject({ format: 'telegram-desktop', kind: 'single' });
    expect(result.conversations).toEqual([
      {
        place: 'the chat',
        messages: [{ id: 1, text: 'Hi', date: '2023-11-14T22:13:20Z' }],
        metadata: {
          conversation_id: '7',
          name: 'Ann',
          is_group: false,
          is_channel: false,
          chat_type: 'private',
          conversation_types: ['personal_chat'],
          source: { format: 'telegram-desktop', kind: 'single', type: 'personal_chat' },
        },
        status: undefined,
        other: undefined,
      },
    ]);
    expect(result.report).toMatchObject({ messages: 1, conversations: 1 });
  });

  test('has its keys in any order', async () => {
    const { metadata, messages } = await readOne(
      `{"extra":[1],"messages":[${JSON.stringify(MESSAGE)}],"id":7,"more":{"a":null},"type":"bot_chat","name":"B"}`,
    );
    expect(messages).toHaveLength(1);
    expect(metadata).toMatchObject({
      conversation_id: '7',
      name: 'B',
      chat_type: 'bot',
      raw_data: { extra: [1], more: { a: null } },
    });
  });

  test('may begin with a byte order mark', async () => {
    const { messages, report } = await readOne(`\uFEFF${chatJson([MESSAGE, null])}`, { chunk: 2 });
    expect(messages).toHaveLength(1);
    // offsets count the mark, since the file has it
    const offset = Buffer.from(`\uFEFF${chatJson([MESSAGE, null])}`).lastIndexOf('null');
    expect(report.skipped.first[0]).toMatchObject({ place: 'messages[1]', offset });
  });

  test.each([
    ['no messages', '{"name":"A","type":"personal_chat","id":7}'],
    ['null', '{"name":"A","type":"personal_chat","id":7,"messages":null}'],
    ['none', '{"name":"A","type":"personal_chat","id":7,"messages":[]}'],
  ])('may have %s', async (_name, input) => {
    const { messages, metadata } = await readOne(input);
    expect(messages).toEqual([]);
    expect(metadata.conversation_id).toBe('7');
  });

  test('with two keys `messages` gives those of the first, and says so', async () => {
    const { messages, report } = await readOne(
      `{"id":7,"messages":[${JSON.stringify(MESSAGE)}],"messages":[{"id":2}]}`,
    );
    expect(messages.map(({ id }) => id)).toEqual([1]);
    expect(report.skipped).toMatchObject({ count: 1, first: [{ place: 'messages' }] });
  });

  test('without an id takes the one given', async () => {
    const input = `{"name":"A","type":"personal_chat","messages":[${JSON.stringify(MESSAGE)}]}`;
    await expect(readAll(input)).rejects.toMatchObject({
      code: 'FORMAT_NO_ID',
      message: expect.stringContaining('the chat has no id'),
    });
    const { metadata } = await readOne(input, { conversationId: 'ann' });
    expect(metadata.conversation_id).toBe('ann');
  });

  test('followed by something else is read, and reported as damaged', async () => {
    const { messages, report } = await readOne(`${chatJson([MESSAGE])} {}`);
    expect(messages).toHaveLength(1);
    expect(report.damaged).toMatchObject({ place: 'the top level' });
    const marked = await readOne(`\uFEFF${chatJson([MESSAGE])} {}`);
    expect(marked.report.damaged?.offset).toBe((report.damaged?.offset ?? 0) + 3);
  });
});

describe('an account', () => {
  const chat = (id: number, type: string, extra = {}) => ({
    name: `N${id}`,
    type,
    id,
    messages: [{ ...MESSAGE, from: 'Me', from_id: `user${id}` }],
    ...extra,
  });
  const account = {
    about: 'Here is the data you requested',
    personal_information: { user_id: 7, first_name: 'Me' },
    profile_pictures: [{ photo: 'a' }, { photo: 'b' }],
    contacts: { about: 'x', list: [{}, {}, {}] },
    other_data: { a: 5 },
    chats: { about: 'y', list: [chat(7, 'saved_messages'), chat(8, 'private_group')] },
    left_chats: { about: 'z', list: [chat(9, 'public_channel')] },
  };

  test('gives its chats and left chats, and names the rest', async () => {
    const { kind, conversations, report } = await readAll(JSON.stringify(account));
    expect(kind).toBe('account');
    expect(conversations.map(({ place, metadata }) => [place, metadata.conversation_id])).toEqual([
      ['chats.list[0]', '7'],
      ['chats.list[1]', '-8'],
      ['left_chats.list[0]', '-1000000000009'],
    ]);
    expect(report.sections).toEqual([
      'personal_information',
      'profile_pictures (2)',
      'contacts (3)',
      'other_data',
    ]);
  });

  test('knows which messages are its own', async () => {
    const { conversations } = await readAll(JSON.stringify(account));
    expect(conversations.map(({ messages }) => messages[0]?.is_outgoing)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('does not know that where its own id comes later, or not', async () => {
    const { personal_information, chats } = account;
    const { conversations } = await readAll(
      JSON.stringify({ chats: { list: chats.list.slice(1) }, personal_information }),
    );
    expect(conversations[0]?.messages[0]).not.toHaveProperty('is_outgoing');
  });

  test('may have no chats', async () => {
    const { chats, left_chats, ...rest } = account;
    expect(await readAll(JSON.stringify(rest))).toMatchObject({
      kind: 'account',
      conversations: [],
    });
    expect(await readAll('{"about":"x","contacts":{"list":[]}}')).toMatchObject({
      kind: 'account',
      conversations: [],
      report: { sections: ['contacts (0)'] },
    });
    const empty = { chats: null, left_chats: { list: null } };
    expect((await readAll(JSON.stringify(empty))).conversations).toEqual([]);
  });

  test('may list its chats directly, as look-alikes do', async () => {
    const { conversations } = await readAll(JSON.stringify({ chats: account.chats.list }));
    expect(conversations.map(({ place }) => place)).toEqual(['chats[0]', 'chats[1]']);
  });

  test('says where a chat is that has no id, or a bad one', async () => {
    const list = [chat(7, 'personal_chat'), { name: 'Ann', type: 'personal_chat', messages: [] }];
    await expect(readAll(JSON.stringify({ chats: { list } }))).rejects.toMatchObject({
      code: 'FORMAT_NO_ID',
      message: expect.stringContaining('chats.list[1] has no id'),
    });
    const bad = [chat(7, 'personal_chat', { id: '../../evil' })];
    await expect(readAll(JSON.stringify({ chats: { list: bad } }))).rejects.toMatchObject({
      code: 'FORMAT_BAD_ID',
      message: expect.stringMatching(/chats\.list\[0\] has the id \(10 characters\)/),
    });
  });

  test('with one bad id gives the other chats: finish() throws', async () => {
    const list = [1, -2, 3].map((id) => chat(id, 'personal_chat'));
    const reader = await openExport(chunks(JSON.stringify({ chats: { list } }), 1000));
    const ids: unknown[] = [];
    for await (const { messages, finish } of reader.conversations()) {
      for await (const _ of messages);
      try {
        ids.push(finish().metadata.conversation_id);
      } catch (error) {
        ids.push((error as FormatError).code);
      }
    }
    expect(ids).toEqual(['1', 'FORMAT_BAD_ID', '3']);
  });

  test('with a section of the wrong shape ends there, damaged', async () => {
    const input = JSON.stringify({ chats: account.chats, left_chats: { list: 5 } });
    const { conversations, report } = await readAll(input);
    expect(conversations).toHaveLength(2);
    expect(report.damaged).toMatchObject({ place: 'left_chats.list' });
    await expect(readAll('{"chats":5}')).rejects.toMatchObject({ code: 'FORMAT_INVALID_JSON' });
  });
});

describe('the caller', () => {
  test('must read one conversation before the next', async () => {
    const list = [1, 2].map((id) => ({ id, type: 'personal_chat', messages: [MESSAGE] }));
    const reader = await openExport(chunks(JSON.stringify({ chats: { list } }), 1000));
    const conversations = reader.conversations();
    const first = await conversations.next();
    expect(() => first.value.finish()).toThrow(TypeError);
    await expect(conversations.next()).rejects.toThrow(TypeError);
  });

  test('hears of every chunk', async () => {
    const seen: number[] = [];
    const input = chatJson([MESSAGE]);
    await readAll(input, { chunk: 50, onBytes: (bytes) => seen.push(bytes) });
    expect(seen.at(-1)).toBe(input.length);
    expect(seen.slice(0, 2)).toEqual([50, 100]);
  });

  test('can stop by signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onBytes = (bytes: number): void => {
      if (bytes > 100) controller.abort(reason);
    };
    const input = chatJson(Array.from({ length: 50 }, (_, id) => ({ ...MESSAGE, id })));
    await expect(readAll(input, { chunk: 50, signal: controller.signal, onBytes })).rejects.toBe(
      reason,
    );
    await expect(readAll(input, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('gets the errors of the source as they are', async () => {
    const failure = new Error('EIO');
    async function* source(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('{"id":7,"messages":[{"id":1},');
      throw failure;
    }
    const reader = await openExport(source());
    const read = async (): Promise<void> => {
      for await (const { messages } of reader.conversations()) for await (const _ of messages);
    };
    await expect(read()).rejects.toBe(failure);
  });

  test('that breaks off closes the source', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('{"id":7,"messages":[');
        for (let id = 1; ; id += 1) yield Buffer.from(`{"id":${id}},`);
      } finally {
        closed = true;
      }
    }
    for await (const { messages } of (await openExport(source())).conversations()) {
      for await (const { id } of messages) if (id === 5) break;
      break;
    }
    expect(closed).toBe(true);
  });

  test('must name a time zone that exists, and hears of it at once', async () => {
    const source = chunks(chatJson([]), 1000);
    await expect(openExport(source, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({
      code: 'FORMAT_BAD_TIME_ZONE',
      message: expect.stringContaining('Europe/Berlin'),
    });
  });
});
