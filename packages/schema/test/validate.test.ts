import { expect, test } from 'vitest';
import { checkMessage, checkMetadata, type Problem, ProblemList } from '../src/index.ts';
import { schemaErrorOf } from './support/code-of.ts';

function problemsOf(check: (problems: ProblemList) => unknown): readonly Problem[] {
  const problems = new ProblemList();
  expect(check(problems)).toBe(false);
  return schemaErrorOf(() => problems.throwIfAny()).problems;
}

test('a valid message passes, whatever it has beyond the keys we know', () => {
  const problems = new ProblemList();
  const message = JSON.parse('{"id":101,"__proto__":{"x":1},"constructor":2,"extra":[null]}');
  const before = structuredClone(message);
  expect(checkMessage(message, '101', problems)).toBe(true);
  expect(checkMessage({ id: '101' }, '101', problems)).toBe(true);
  expect(checkMessage({ id: 2n ** 64n }, String(2n ** 64n), problems)).toBe(true);
  expect(checkMetadata({ conversation_id: '1', extra: 1 }, problems)).toBe(true);
  expect(problems.count).toBe(0);
  problems.throwIfAny();
  expect(message).toEqual(before);
  expect(Object.keys(message)).toContain('__proto__');
});

test.each([
  [{}, 'messages.1.id', 'not a string or an integer'],
  [{ id: '' }, 'messages.1.id', 'Too small: expected string to have >=1 characters'],
  [{ id: 1.5 }, 'messages.1.id', 'not a string or an integer'],
  [{ id: 2 ** 60 }, 'messages.1.id', 'Too big: expected int to be <=9007199254740991'],
  [{ id: null }, 'messages.1.id', 'not a string or an integer'],
  [{ id: 1, sender_id: {} }, 'messages.1.sender_id', 'not a string or an integer'],
  [{ id: 1, reply_to_id: true }, 'messages.1.reply_to_id', 'not a string or an integer'],
  [{ id: 1, text: 5 }, 'messages.1.text', 'expected string, received number'],
  [{ id: 1, sender_name: [] }, 'messages.1.sender_name', 'expected string, received array'],
  [{ id: 1, is_outgoing: 1 }, 'messages.1.is_outgoing', 'expected boolean, received number'],
  [{ id: 1, deleted: 'no' }, 'messages.1.deleted', 'expected boolean, received string'],
  [{ id: 1, media_type: 1 }, 'messages.1.media_type', 'expected string, received number'],
  [{ id: 1, media_path: {} }, 'messages.1.media_path', 'expected string, received object'],
  [{ id: 1, forwarded_from: 1 }, 'messages.1.forwarded_from', 'expected string, received number'],
  [{ id: 1, raw_data: [] }, 'messages.1.raw_data', 'expected object, received array'],
  [{ id: 1, raw_data: 'x' }, 'messages.1.raw_data', 'expected object, received string'],
  [{ id: 1, entities: {} }, 'messages.1.entities', 'expected array, received object'],
  [
    {
      id: 1,
      entities: [
        { type: 'bold', offset: 0, length: 1 },
        { type: 'bold', offset: -1, length: 1 },
      ],
    },
    'messages.1.entities.1.offset',
    'Too small: expected number to be >=0',
  ],
  [
    { id: 1, reactions: [{ emoji: '👍' }] },
    'messages.1.reactions.0.count',
    'expected number, received undefined',
  ],
  [
    { id: 1, reactions: [{ count: 1, user_ids: [{}] }] },
    'messages.1.reactions.0.user_ids.0',
    'not a string or an integer',
  ],
  [{ id: 2 }, 'messages.1.id', 'is 2, but its key says 1'],
  [null, 'messages.1', 'expected object, received null'],
  [[], 'messages.1', 'expected object, received array'],
  ['x', 'messages.1', 'expected object, received string'],
])('%j: %s %s', (value, path, message) => {
  expect(problemsOf((problems) => checkMessage(value, '1', problems))).toEqual([{ path, message }]);
});

test.each([
  'yesterday',
  '2023-11-15',
  '2023-11-15T12:30:00',
  '2023-11-15T12:30Z',
  '2023-11-15 12:30:00Z',
  '2023-11-15T12:30:00+00:00',
  '2023-02-29T12:30:00Z',
  '2023-11-15T24:00:00Z',
  '2023-11-15T12:30:60Z',
  1_700_051_400,
])('%j is no date', (date) => {
  const message = 'not an ISO 8601 date in UTC, such as 2023-11-15T12:30:00Z';
  for (const key of ['date', 'edit_date']) {
    expect(problemsOf((problems) => checkMessage({ id: 1, [key]: date }, '1', problems))).toEqual([
      { path: `messages.1.${key}`, message },
    ]);
  }
  for (const key of ['last_message_date', 'last_update']) {
    const metadata = { conversation_id: '1', [key]: date };
    expect(problemsOf((problems) => checkMetadata(metadata, problems))).toEqual([
      { path: `metadata.${key}`, message },
    ]);
  }
});

test.each([
  [{}, 'metadata.conversation_id'],
  [{ conversation_id: '' }, 'metadata.conversation_id'],
  [{ conversation_id: 5 }, 'metadata.conversation_id'],
  [{ conversation_id: '1', name: 1 }, 'metadata.name'],
  [{ conversation_id: '1', is_group: 'no' }, 'metadata.is_group'],
  [{ conversation_id: '1', participants: [{}] }, 'metadata.participants.0.id'],
  [
    { conversation_id: '1', participants: [{ id: 1, first_name: 1 }] },
    'metadata.participants.0.first_name',
  ],
  [{ conversation_id: '1', message_count: -1 }, 'metadata.message_count'],
  [{ conversation_id: '1', revision: 1.5 }, 'metadata.revision'],
  [{ conversation_id: '1', schema_version: '1' }, 'metadata.schema_version'],
  [{ conversation_id: '1', source: 'x' }, 'metadata.source'],
  [{ conversation_id: '1', last_message_id: false }, 'metadata.last_message_id'],
  [{ conversation_id: '1', conversation_types: [1] }, 'metadata.conversation_types.0'],
])('%j has a problem at %s', (value, path) => {
  expect(problemsOf((problems) => checkMetadata(value, problems)).map((p) => p.path)).toEqual([
    path,
  ]);
});

test('an error names the first ten problems and says how many more there are', () => {
  const problems = new ProblemList();
  for (let n = 1; n <= 10; n += 1) problems.add(`messages.${n}`, 'bad');
  const ten = schemaErrorOf(() => problems.throwIfAny());
  expect(ten.code).toBe('SCHEMA_INVALID');
  expect(ten.problems).toHaveLength(10);
  expect(ten.message).not.toContain('more');
  expect(ten.message).toMatch(/^messages\.1: bad; messages\.2: bad; .*; messages\.10: bad$/);
  problems.add('messages.11', 'bad');
  expect(() => problems.throwIfAny()).toThrow(`${ten.message}; and 1 more`);
  problems.add('messages.12', 'bad');
  const twelve = schemaErrorOf(() => problems.throwIfAny());
  expect(twelve.problems).toEqual(ten.problems);
  expect(twelve.message).toBe(`${ten.message}; and 2 more`);
  expect(problems.count).toBe(12);
});

test.each([
  ['12', '12'],
  ['-7', '-7'],
  ['unnumbered-0123456789abcdef', 'unnumbered-0123456789abcdef'],
  ['0b1e6b5a-7a52-4a4e-8a3e-0a5a3b1c2d4e', '0b1e6b5a-7a52-4a4e-8a3e-0a5a3b1c2d4e'],
  ['a riddle of Ann', '(15 characters)'],
  ['photos/secret.jpg', '(17 characters)'],
])('the id %j is shown as %s, wherever it stands', (id, shown) => {
  expect(problemsOf((problems) => checkMessage({ id }, '1', problems))).toEqual([
    { path: 'messages.1.id', message: `is ${shown}, but its key says 1` },
  ]);
  expect(problemsOf((problems) => checkMessage({ id: 1 }, id, problems))).toEqual([
    { path: `messages.${shown}.id`, message: `is 1, but its key says ${shown}` },
  ]);
});

test('a problem is told in short, however long the key and the id of a broken message are', () => {
  const problems = new ProblemList();
  const key = 'x'.repeat(100_000);
  checkMessage({ id: `${key}y` }, key, problems);
  const { message, problems: told } = schemaErrorOf(() => problems.throwIfAny());
  expect(message.length).toBeLessThan(300);
  expect(told[0]?.path).toBe('messages.(100000 characters).id');
});
