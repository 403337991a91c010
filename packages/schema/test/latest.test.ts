import { expect, test } from 'vitest';
import {
  getLatestMessageDate,
  getLatestMessageId,
  type Message,
  MessageSummary,
  sampleConversation,
  summarize,
  updateMetadata,
} from '../src/index.ts';

const conversation = (messages: Message[]) => ({
  messages: new Map(messages.map((message) => [String(message.id), message])),
});

test('the latest date is the latest of any message, not that of the last one', () => {
  const dates = [
    '2023-11-15T12:30:00Z',
    '2023-11-16T00:00:00Z',
    null,
    undefined,
    '2022-01-01T00:00:00Z',
  ];
  const messages = dates.map((date, id) => ({ id, date }));
  expect(getLatestMessageDate(conversation(messages))).toBe('2023-11-16T00:00:00Z');
  expect(getLatestMessageDate(conversation([{ id: 1 }]))).toBeUndefined();
  expect(getLatestMessageDate(conversation([]))).toBeUndefined();
});

test('fractions of a second count, however many digits they have', () => {
  const latest = (...dates: string[]) =>
    getLatestMessageDate(conversation(dates.map((date, id) => ({ id, date }))));
  expect(latest('2023-11-15T12:30:00Z', '2023-11-15T12:30:00.5Z')).toBe('2023-11-15T12:30:00.5Z');
  expect(latest('2023-11-15T12:30:00.5Z', '2023-11-15T12:30:00Z')).toBe('2023-11-15T12:30:00.5Z');
  expect(latest('2023-11-15T12:30:01Z', '2023-11-15T12:30:00.999Z')).toBe('2023-11-15T12:30:01Z');
});

test('the latest id is the one that comes last in order, as a string', () => {
  expect(getLatestMessageId(sampleConversation())).toBe('103');
  expect(getLatestMessageId(conversation([{ id: 2 }, { id: 2n ** 64n }]))).toBe(String(2n ** 64n));
  expect(getLatestMessageId(conversation([]))).toBeUndefined();
});

test('a summary counts, and keeps the last id as the message has it', () => {
  const messages: Message[] = [{ id: 1, date: '2023-11-15T12:30:00Z' }, { id: 2n ** 64n }];
  const expected = { count: 2, lastMessageId: 2n ** 64n, lastMessageDate: '2023-11-15T12:30:00Z' };
  expect(summarize(messages)).toMatchObject(expected);
  const summary = new MessageSummary();
  expect(summary).toMatchObject({ count: 0 });
  for (const message of messages) summary.add(message);
  expect(summary).toMatchObject(expected);
  expect(summarize([])).toMatchObject({ count: 0 });
});

test('metadata take count, last id and last date from the messages and keep the rest', () => {
  const metadata = {
    conversation_id: '1',
    name: 'Ann',
    message_count: 9,
    last_message_id: 9,
    x: [1],
  };
  const messages = [{ id: 1, date: '2023-11-15T12:30:00Z' }, { id: 2 }];
  expect(updateMetadata(metadata, summarize(messages))).toEqual({
    conversation_id: '1',
    name: 'Ann',
    x: [1],
    message_count: 2,
    last_message_id: 2,
    last_message_date: '2023-11-15T12:30:00Z',
  });
  expect(metadata.message_count).toBe(9);
  const { metadata: complete, messages: sample } = sampleConversation();
  expect(updateMetadata(complete, summarize(sample.values()))).toEqual(complete);
});

test('metadata of no messages say neither last id nor last date', () => {
  const metadata = {
    conversation_id: '1',
    last_message_id: 9,
    last_message_date: '2020-01-01T00:00:00Z',
  };
  expect(updateMetadata(metadata, summarize([]))).toEqual({
    conversation_id: '1',
    message_count: 0,
  });
});

test('messages counted elsewhere add up to the same summary', () => {
  const dates = ['2023-11-15T12:30:00Z', undefined, '2023-11-16T00:00:00Z', '2023-11-15T00:00:00Z'];
  const messages = dates.map((date, id): Message => ({ id, date }));
  for (let cut = 0; cut <= messages.length; cut += 1) {
    const summary = new MessageSummary();
    for (const part of [messages.slice(0, cut), messages.slice(cut)]) {
      if (part.length > 0) summary.addAll(summarize(part));
    }
    expect(summary).toEqual(summarize(messages));
  }
});
