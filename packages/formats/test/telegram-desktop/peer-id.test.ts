import { describe, expect, test } from 'vitest';
import { readMessage, readOne } from '../support/read.ts';

const U = 2 ** 32;
const C = 2 ** 33;

test.each([
  ['personal_chat', '5', 'private', false, false],
  ['bot_chat', '5', 'bot', false, false],
  ['saved_messages', '5', 'private', false, false],
  ['replies', '5', 'private', false, false],
  ['verification_codes', '5', 'private', false, false],
  ['private_group', '-5', 'group', true, false],
  ['private_supergroup', '-1000000000005', 'supergroup', true, false],
  ['public_supergroup', '-1000000000005', 'supergroup', true, false],
  ['private_channel', '-1000000000005', 'channel', false, true],
  ['public_channel', '-1000000000005', 'channel', false, true],
])('%s 5 becomes %s', async (type, id, chat_type, is_group, is_channel) => {
  const { metadata } = await readOne(JSON.stringify({ name: 'A', type, id: 5, messages: [] }));
  expect(metadata).toEqual({
    conversation_id: id,
    name: 'A',
    chat_type,
    is_group,
    is_channel,
    conversation_types: [type],
    source: { format: 'telegram-desktop', kind: 'single', type },
  });
});

test('a chat of unknown type has an id of its own', async () => {
  const read = async (type: unknown) =>
    (await readOne(JSON.stringify({ name: null, type, id: 5, messages: [] }))).metadata;
  expect(await read(null)).toEqual({
    conversation_id: 'peer5',
    name: null,
    source: { format: 'telegram-desktop', kind: 'single', type: null },
  });
  expect(await read('tomorrow')).toMatchObject({
    conversation_id: 'peer5',
    conversation_types: ['tomorrow'],
  });
  expect(await read(7)).toMatchObject({ conversation_id: 'peer5', raw_data: { type: 7 } });
});

test.each([
  ['saved_messages', 'Saved Messages'],
  ['replies', 'Replies'],
  ['verification_codes', 'Verification Codes'],
])('%s without a name is called %s', async (type, name) => {
  expect((await readOne(JSON.stringify({ type, id: 5, messages: [] }))).metadata.name).toBe(name);
});

test.each([0, -5, 1.5, 1e300, {}, [], true, '', 'abc', '../../evil', '12a', '007', ' 5'])(
  'the id %j of a user is refused',
  async (id) => {
    await expect(
      readOne(JSON.stringify({ type: 'personal_chat', id, messages: [] })),
    ).rejects.toMatchObject({
      code: 'FORMAT_BAD_ID',
      message: expect.stringContaining('the chat has the id'),
    });
    // also where it stands behind the messages
    await expect(
      readOne(JSON.stringify({ type: 'personal_chat', messages: [], id })),
    ).rejects.toMatchObject({
      code: 'FORMAT_BAD_ID',
    });
  },
);

test('ids of look-alikes: digits in a string, and ids that are marked already', async () => {
  const read = async (type: string, id: unknown) =>
    (await readOne(JSON.stringify({ type, id, messages: [] }))).metadata.conversation_id;
  expect(await read('personal_chat', '12')).toBe('12');
  expect(await read('private_group', -12)).toBe('-12');
  expect(await read('private_group', -1000000000012)).toBe('-1000000000012');
  expect(await read('public_channel', '-1000000000012')).toBe('-1000000000012');
  await expect(read('public_channel', -12)).rejects.toMatchObject({ code: 'FORMAT_BAD_ID' });
});

describe('senders with numbers for ids', () => {
  test.each([
    ['personal_chat', 12, 'user12'],
    ['personal_chat', U + 12, 'user12'],
    ['personal_chat', C + 12, `user${C + 12}`],
    ['bot_chat', C + 12, `user${C + 12}`],
    ['private_group', C + 12, 'chat12'],
    ['private_group', U + 12, 'user12'],
    ['private_supergroup', C + 12, 'channel12'],
    ['public_channel', C + 12, 'channel12'],
    ['private_supergroup', U - 1, `user${U - 1}`],
  ])('%s %d is %s', async (type, from_id, sender_id) => {
    const { message } = await readMessage({ id: 1, from_id }, { chat: { type } });
    expect(message.sender_id).toBe(sender_id);
  });

  test.each([
    ['personal_chat', U + 12, '12'],
    ['personal_chat', C + 12, `${C + 12}`],
    ['private_group', C + 12, '-12'],
    ['private_group', U + 12, `-${U + 12}`],
    ['private_supergroup', C + 12, '-1000000000012'],
    ['public_channel', 12, '-1000000000012'],
  ])('the chat id of %s %d becomes %s', async (type, id, conversation_id) => {
    const { metadata } = await readMessage({ id: 1, from_id: 5 }, { chat: { type, id } });
    expect(metadata.conversation_id).toBe(conversation_id);
  });

  test('chat ids are not shifted where senders have strings', async () => {
    const chat = { type: 'personal_chat', id: U + 12 };
    const { metadata } = await readMessage({ id: 1, from_id: 'user5' }, { chat });
    expect(metadata.conversation_id).toBe(`${U + 12}`);
  });
});

test('in the chat with oneself, the sender is known', async () => {
  for (const [id, from_id] of [
    [5, 'user5'],
    [U + 5, `user${U + 5}`],
    [U + 5, U + 5],
    [U + 5, 5],
  ]) {
    const { message } = await readMessage(
      { id: 1, from_id },
      { chat: { type: 'saved_messages', id } },
    );
    expect(message.is_outgoing).toBe(true);
  }
  const { message } = await readMessage(
    { id: 1, from_id: 'user6' },
    { chat: { type: 'saved_messages', id: 5 } },
  );
  expect(message.is_outgoing).toBe(false);
});

describe('participants', () => {
  test('are the senders, by the first name they had', async () => {
    const messages = [
      { id: 1, from: null, from_id: 'user1' },
      { id: 2, from: 'Bob', from_id: 'user2' },
      { id: 3, from: 'Ann', from_id: 'user1' },
      { id: 4, from: 'Robert', from_id: 'user2' },
      { id: 5, actor: 'Chan', actor_id: 'channel3' },
      { id: 6, from: 'Nobody' },
    ];
    const { metadata } = await readOne(JSON.stringify({ id: 7, messages }));
    expect(metadata.participants).toEqual([
      { id: 'user1', first_name: 'Ann' },
      { id: 'user2', first_name: 'Bob' },
      { id: 'channel3', first_name: 'Chan' },
    ]);
  });

  test('are a thousand at most', async () => {
    const messages = Array.from({ length: 1005 }, (_, id) => ({
      id,
      from: 'A',
      from_id: `user${id}`,
    }));
    const { metadata } = await readOne(JSON.stringify({ id: 7, messages }));
    expect(metadata.participants).toHaveLength(1000);
  });
});
