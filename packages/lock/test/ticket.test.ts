import { describe, expect, test } from 'vitest';
import { conflicts, parseTicket, TICKET_ID, type Ticket } from '../src/ticket.ts';
import { foreignToken, ownToken } from './support/tokens.ts';

const ID = '0b007000-00000000000000aa';
const TICKET: Ticket = {
  id: ID,
  key: '../chat.json',
  shared: false,
  number: 1_795_000_000_000_000,
  owner: ownToken({ directory: '42', presence: 'process.0b007000-00000000000000bb' }),
  since: '2026-11-23T01:45:00.000Z',
  operation: 'import',
  after: [{ id: '0b007000-0000000000000001', key: '../other.json', shared: true }],
};

function parse(value: unknown): Ticket | undefined {
  return parseTicket(JSON.stringify(value), ID);
}

test('a ticket comes back from its file as it was written', () => {
  expect(parse(TICKET)).toEqual(TICKET);
  const { operation: _, ...plain } = TICKET;
  expect(parse({ ...plain, after: [] })).toEqual({ ...plain, after: [] });
});

test('a ticket of a system that says nothing of itself is one too', () => {
  const bare = foreignToken({ machine: null, boot: null, namespace: null, start: null });
  expect(parse({ ...TICKET, owner: bare })?.owner).toEqual(bare);
  const inThread = { ...bare, thread: { id: 9, start: '12' } };
  expect(parse({ ...TICKET, owner: inThread })?.owner).toEqual(inThread);
});

test('a file that was cut short is not a ticket, wherever that was', () => {
  const text = JSON.stringify(TICKET);
  for (let length = 0; length < text.length; length += 1) {
    expect(parseTicket(text.slice(0, length), ID), `${length} bytes`).toBeUndefined();
  }
});

test('a ticket under the name of another one is not a ticket', () => {
  expect(parseTicket(JSON.stringify(TICKET), '0b007000-00000000000000ab')).toBeUndefined();
});

describe('what is not a ticket', () => {
  const NOT: [title: string, value: unknown][] = [
    ['null', null],
    ['a number', 1],
    ['a text', 'ticket'],
    ['a list', [TICKET]],
    ['an empty object', {}],
    ['one without a key', { ...TICKET, key: undefined }],
    ['one with a number for a key', { ...TICKET, key: 1 }],
    ['one that is neither shared nor not', { ...TICKET, shared: 'yes' }],
    ['one without a number', { ...TICKET, number: undefined }],
    ['one with half a number', { ...TICKET, number: 1.5 }],
    ['one with a number that can not be counted on', { ...TICKET, number: 2 ** 53 }],
    ['one with a number in quotes', { ...TICKET, number: '1' }],
    ['one with a time in numbers', { ...TICKET, since: 1 }],
    ['one with a number for an operation', { ...TICKET, operation: 1 }],
    ['one that names nobody before it', { ...TICKET, after: undefined }],
    ['one that names something else before it', { ...TICKET, after: [null] }],
    ['one that names ids only', { ...TICKET, after: [ID] }],
    ['one without an owner', { ...TICKET, owner: undefined }],
    ['one whose owner is null', { ...TICKET, owner: null }],
    ['one whose owner is a pid', { ...TICKET, owner: 7 }],
  ];

  test.each(NOT)('%s', (_, value) => {
    expect(parse(value)).toBeUndefined();
  });

  const OWNERS: [title: string, changes: Record<string, unknown>][] = [
    ['has no pid', { pid: undefined }],
    ['has half a pid', { pid: 1.5 }],
    ['has no host', { host: undefined }],
    ['has no host, but null', { host: null }],
    ...['machine', 'boot', 'namespace', 'start', 'directory', 'presence'].flatMap(
      (name): [string, Record<string, unknown>][] => [
        [`says nothing of its ${name}`, { [name]: undefined }],
        [`has a number for its ${name}`, { [name]: 1 }],
      ],
    ),
    ['says nothing of its thread', { thread: undefined }],
    ['has a number for its thread', { thread: 9 }],
    ['has a thread without a start', { thread: { id: 9 } }],
    ['has a thread without an id', { thread: { start: '1' } }],
  ];

  test.each(OWNERS)('one whose owner %s', (_, changes) => {
    expect(parse({ ...TICKET, owner: { ...TICKET.owner, ...changes } })).toBeUndefined();
  });

  test.each(['../../etc/passwd', '/etc/passwd', 'a/b', 'a\\b', '', 'a\0b', 'a\nb', 'a b'])(
    'one whose presence leads out of the lock directory: %j',
    (presence) => {
      expect(parse({ ...TICKET, owner: { ...TICKET.owner, presence } })).toBeUndefined();
    },
  );

  test.each(['', '..', '../x', `${ID}/..`, `${ID}\n`, ID.toUpperCase(), ID.slice(1), `${ID}0`])(
    'one that names %j before it',
    (id) => {
      expect(parse({ ...TICKET, after: [{ id, key: 'a', shared: false }] })).toBeUndefined();
      expect(TICKET_ID.test(id)).toBe(false);
    },
  );
});

test('tickets conflict over one key, unless both share it', () => {
  const ref = (key: string, shared: boolean) => ({ id: ID, key, shared });
  expect(conflicts(ref('a', false), ref('a', false))).toBe(true);
  expect(conflicts(ref('a', true), ref('a', false))).toBe(true);
  expect(conflicts(ref('a', false), ref('a', true))).toBe(true);
  expect(conflicts(ref('a', true), ref('a', true))).toBe(false);
  expect(conflicts(ref('a', false), ref('b', false))).toBe(false);
});
