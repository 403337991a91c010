import { expect, test } from 'vitest';
import { messageSchema, sampleConversation } from '../src/index.ts';
import { isCertainlyMessage } from '../src/quick-check.ts';
import { message } from './support/conversations.ts';
import { fc } from './support/fast-check.ts';
import { jsonValue } from './support/json-values.ts';

const KEYS = Object.keys(messageSchema.shape);

const nearlyRight = fc.constantFrom<unknown>(
  ...[undefined, null, '', 'a', 0, -1, 1.5, 2 ** 53, Number.NaN, 5n, 2n ** 64n, true, [], {}],
  ...[
    '2023-11-15T12:30:00Z',
    '2023-02-29T12:30:00Z',
    '2024-02-29T12:30:00Z',
    '2023-04-31T00:00:00Z',
  ],
  ...[new Array(1), [null], [1], ['a', 2n ** 64n], [''], ['a', undefined], new Date(0), () => 1],
);
const entity = fc.record(
  { type: nearlyRight, offset: nearlyRight, length: nearlyRight, url: nearlyRight },
  { requiredKeys: [] },
);
const reaction = fc.record(
  { emoji: nearlyRight, count: nearlyRight, user_ids: nearlyRight },
  { requiredKeys: [] },
);
const value = fc.oneof(
  nearlyRight,
  jsonValue,
  fc.array(entity, { minLength: 1, maxLength: 2 }),
  fc.array(reaction, { minLength: 1, maxLength: 2 }),
);

test('nothing passes the quick check that the schema refuses', () => {
  const changes = fc.array(fc.tuple(fc.constantFrom(...KEYS), value), { maxLength: 3 });
  fc.assert(
    fc.property(fc.oneof(message, fc.constant({ id: 1 })), changes, (base, changed) => {
      const candidate = { ...base, ...Object.fromEntries(changed) };
      if (isCertainlyMessage(candidate)) {
        expect(messageSchema.safeParse(candidate).error).toBeUndefined();
      }
    }),
    { numRuns: 20_000 },
  );
});

test('one key with one value passes only where the schema accepts it', () => {
  const values: unknown[] = [
    ...[undefined, null, '', 'a', 0, -1, 1.5, 2 ** 53, -(2 ** 53), Number.NaN, 5n, true, false, {}],
    ...[[], [{}], [null], new Array(1), [1], ['a'], [''], Symbol.iterator, () => 1, /x/, new Map()],
    ...[[{ type: 'a', offset: 0, length: 1 }], [{ type: 'a', offset: 0, length: 1, url: 5 }]],
    ...[[{ type: 1, offset: 0, length: 1 }], [{ type: 'a', offset: -1, length: 1 }]],
    ...[
      [{ type: 'a', offset: 0 }],
      [{ type: 'a', offset: 0, length: 0.5 }],
      [{ offset: 0, length: 1 }],
    ],
    ...[
      [{ count: 1 }],
      [{ count: 1, emoji: 1 }],
      [{ count: -1 }],
      [{ emoji: 'a' }],
      [[{ count: 1 }]],
    ],
    ...[[{ count: 1, user_ids: [] }], [{ count: 1, user_ids: [{}] }], [{ count: 1, user_ids: 1 }]],
    ...[[{ count: 1, user_ids: new Array(2) }], [{ count: 1, emoji: null, user_ids: null }]],
  ];
  for (const key of KEYS) {
    for (const item of values) {
      const candidate = { id: 1, [key]: item };
      const accepted = messageSchema.safeParse(candidate).success;
      if (!accepted) expect(isCertainlyMessage(candidate), `${key}: ${typeof item}`).toBe(false);
    }
  }
  for (const candidate of [
    null,
    undefined,
    5,
    'a',
    [],
    [{ id: 1 }],
    {},
    { id: '' },
    { id: null },
  ]) {
    expect(isCertainlyMessage(candidate)).toBe(false);
    expect(messageSchema.safeParse(candidate).success).toBe(false);
  }
});

test('a date passes only where the schema accepts it, and every whole second but those of leap days does', () => {
  const two = (n: number) => String(n).padStart(2, '0');
  for (const year of ['0000', '1900', '2000', '2023', '2024', '9999']) {
    for (let month = 0; month <= 13; month += 1) {
      for (let day = 0; day <= 32; day += 1) {
        const candidate = { id: 1, date: `${year}-${two(month)}-${two(day)}T12:30:00Z` };
        const accepted = messageSchema.safeParse(candidate).success;
        const isLeapDay = month === 2 && day === 29;
        expect(isCertainlyMessage(candidate), candidate.date).toBe(accepted && !isLeapDay);
      }
    }
  }
  for (const time of [
    '24:00:00',
    '23:60:00',
    '23:59:60',
    '23:59:59',
    '00:00:00',
    '0:00:000',
    '12:30:00',
  ]) {
    for (const end of ['Z', 'z', '.', 'Z\n', '']) {
      const candidate = { id: 1, edit_date: `2023-11-15T${time}${end}` };
      const accepted = messageSchema.safeParse(candidate).success;
      expect(isCertainlyMessage(candidate), candidate.edit_date).toBe(accepted);
    }
  }
});

test('ordinary messages pass, so that the schema is seldom asked', () => {
  const entities = [{ type: 'bold', offset: 0, length: 0 }];
  expect(isCertainlyMessage({ id: 0, entities, reactions: [{ count: 0 }], sender_id: 0 })).toBe(
    true,
  );
  for (const ordinary of sampleConversation().messages.values()) {
    expect(isCertainlyMessage(ordinary)).toBe(true);
    for (const key of Object.keys(ordinary)) {
      if (key === 'id') continue;
      expect(isCertainlyMessage({ ...ordinary, [key]: null }), key).toBe(true);
      expect(isCertainlyMessage({ ...ordinary, [key]: undefined }), key).toBe(true);
      expect(isCertainlyMessage({ ...ordinary, [key]: Symbol.iterator }), key).toBe(false);
    }
  }
});
