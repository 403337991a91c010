import { expect, test } from 'vitest';
import { dateOf } from '../src/conversation-writer.ts';

test.each([
  '{"id":1,"date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":"2024-01-01T00:00:00Z","raw_data":{"date":"other"}}',
  '{"id":1,"raw_data":{"date":"other"},"date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":"\\u0000","date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":"2023-01-01T00:00:00Z","date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":"2023-01-01T00:00:00Z","date":null}',
  '{"id":1,"date":null,"date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":"2024\\u002d01-01T00:00:00Z"}',
  '{"id":1,"text":"\\"date\\":\\"2023\\"","date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"text":"date","date":"2024-01-01T00:00:00Z"}',
  '{"id":1,"date":null}',
  '{"id":1}',
])('the date of %s is what JSON says', (json) => {
  expect(dateOf(json)).toBe(JSON.parse(json).date);
});
