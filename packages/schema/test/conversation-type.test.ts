import { expect, test } from 'vitest';
import {
  filterConversations,
  isBotChat,
  isPersonalChat,
  isPrivateGroup,
  type Metadata,
} from '../src/index.ts';

const chat = (metadata: Partial<Metadata>): Metadata => ({ conversation_id: '1', ...metadata });

test('a personal chat is private and no group', () => {
  expect(isPersonalChat(chat({ chat_type: 'private' }))).toBe(true);
  expect(isPersonalChat(chat({ chat_type: 'private', is_group: false }))).toBe(true);
  expect(isPersonalChat(chat({ chat_type: 'private', is_group: null }))).toBe(true);
  expect(isPersonalChat(chat({ chat_type: 'private', is_group: true }))).toBe(false);
  expect(isPersonalChat(chat({ chat_type: 'bot' }))).toBe(false);
  expect(isPersonalChat(chat({}))).toBe(false);
});

test('a chat with a bot has a username that ends with bot, in any case, or is called so', () => {
  for (const username of ['bot', 'WeatherBot', 'weather_BOT']) {
    expect(isBotChat(chat({ username }))).toBe(true);
  }
  for (const username of ['botany', 'bob', '', null]) {
    expect(isBotChat(chat({ username }))).toBe(false);
  }
  expect(isBotChat(chat({ chat_type: 'bot' }))).toBe(true);
  expect(isBotChat(chat({}))).toBe(false);
});

test('a private group is a group and no channel, by either word', () => {
  expect(isPrivateGroup(chat({ is_group: true }))).toBe(true);
  expect(isPrivateGroup(chat({ is_group: true, is_channel: false, chat_type: 'group' }))).toBe(
    true,
  );
  expect(isPrivateGroup(chat({ is_group: true, is_channel: true }))).toBe(false);
  expect(isPrivateGroup(chat({ is_group: true, chat_type: 'channel' }))).toBe(false);
  expect(isPrivateGroup(chat({ is_group: false, chat_type: 'group' }))).toBe(false);
  expect(isPrivateGroup(chat({ chat_type: 'group' }))).toBe(false);
});

test('initial takes personal chats, bots and private groups; all takes everything; in the order given', () => {
  const conversations = [
    chat({ conversation_id: 'channel', is_channel: true, chat_type: 'channel' }),
    chat({ conversation_id: 'group', is_group: true, chat_type: 'group' }),
    chat({ conversation_id: 'ann', chat_type: 'private' }),
    chat({ conversation_id: 'bot', username: 'a_bot', chat_type: 'other' }),
    chat({ conversation_id: 'unknown' }),
  ].map((metadata) => ({ metadata }));
  const ids = (mode: 'initial' | 'all') =>
    filterConversations(new Set(conversations), mode).map((c) => c.metadata.conversation_id);
  expect(ids('initial')).toEqual(['group', 'ann', 'bot']);
  expect(ids('all')).toEqual(['channel', 'group', 'ann', 'bot', 'unknown']);
});
