import { describe, expect, test } from 'vitest';
import { readMessage, readOne } from '../support/read.ts';

const BASE = {
  id: 5,
  type: 'message',
  date: '2023-11-14T23:13:20',
  date_unixtime: '1700000000',
  from: 'Ann Lee',
  from_id: 'user7',
  text: '',
  text_entities: [],
};
const OURS = {
  id: 5,
  sender_id: 'user7',
  sender_name: 'Ann Lee',
  text: '',
  date: '2023-11-14T22:13:20Z',
};

test('a plain message has no more keys than it needs', async () => {
  const { message, report, metadata } = await readMessage({
    ...BASE,
    text: 'Hi',
    text_entities: [{ type: 'plain', text: 'Hi' }],
  });
  expect(message).toEqual({ ...OURS, text: 'Hi' });
  expect(Object.keys(message)).toEqual(['id', 'sender_id', 'sender_name', 'text', 'date']);
  expect(metadata.source?.utc_offsets).toEqual(['+01:00']);
  expect(report.utcOffsets).toEqual(['+01:00']);
  expect(Object.values(report.repaired)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test.each([
  ['a sender without name', { from: null }, { sender_name: null }],
  [
    'an edit',
    { edited: 'x', edited_unixtime: '1700000060' },
    { edit_date: '2023-11-14T22:14:20Z' },
  ],
  ['a reply', { reply_to_message_id: 3 }, { reply_to_id: 3 }],
  ['a reply to a migrated message', { reply_to_message_id: -999 }, { reply_to_id: -999 }],
  [
    'a reply to another chat',
    { reply_to_message_id: 3, reply_to_peer_id: 'channel9' },
    { raw_data: { reply_to_message_id: 3, reply_to_peer_id: 'channel9' } },
  ],
  ['a forward', { forwarded_from: 'Bob' }, { forwarded_from: 'Bob' }],
  ['a forward of a deleted account', { forwarded_from: null }, { forwarded_from: null }],
  [
    'a forward with its id',
    { forwarded_from: 'Bob', forwarded_from_id: 'user2', saved_from: 'C' },
    { forwarded_from: 'Bob', raw_data: { forwarded_from_id: 'user2', saved_from: 'C' } },
  ],
  [
    'a signature',
    { author: 'Al', via_bot: '@gif' },
    { raw_data: { author: 'Al', via_bot: '@gif' } },
  ],
  [
    'buttons',
    { inline_bot_buttons: [[{ type: 'url', text: 'a' }]] },
    { raw_data: { inline_bot_buttons: [[{ type: 'url', text: 'a' }]] } },
  ],
])('%s', async (_name, source, ours) => {
  const { message } = await readMessage({ ...BASE, ...source });
  expect(message).toEqual({ ...OURS, ...ours });
});

describe('media', () => {
  const GONE = '(File not included. Change data exporting settings to download.)';
  test.each([
    [
      'a photo',
      { photo: 'photos/p.jpg', width: 2, height: 3, photo_file_size: 9 },
      {
        media_type: 'photo',
        media_path: 'photos/p.jpg',
        raw_data: { width: 2, height: 3, photo_file_size: 9 },
      },
    ],
    [
      'a photo that was left out',
      { photo: GONE },
      { media_type: 'photo', raw_data: { photo: GONE } },
    ],
    [
      'a sticker',
      { file: 'stickers/(a).webp', media_type: 'sticker', sticker_emoji: '😀' },
      { media_type: 'sticker', media_path: 'stickers/(a).webp', raw_data: { sticker_emoji: '😀' } },
    ],
    [
      'a path in parentheses',
      { file: '(files/a)' },
      { media_type: 'file', media_path: '(files/a)' },
    ],
    [
      'a file that was left out',
      { file: GONE, file_name: 'a.pdf', thumbnail: GONE },
      { media_type: 'file', raw_data: { file: GONE, file_name: 'a.pdf', thumbnail: GONE } },
    ],
    [
      'a contact',
      { contact_information: { first_name: 'A' }, contact_vcard: 'contacts/a.vcf' },
      {
        media_type: 'contact',
        raw_data: { contact_information: { first_name: 'A' }, contact_vcard: 'contacts/a.vcf' },
      },
    ],
    [
      'a live location',
      { location_information: { latitude: 1.5 }, live_location_period_seconds: 60 },
      {
        media_type: 'location',
        raw_data: { location_information: { latitude: 1.5 }, live_location_period_seconds: 60 },
      },
    ],
    [
      'a location that is unknown',
      { location_information: null },
      { media_type: 'location', raw_data: { location_information: null } },
    ],
    [
      'a venue',
      { place_name: 'P', address: 'A', location_information: { latitude: 1 } },
      {
        media_type: 'venue',
        raw_data: { place_name: 'P', address: 'A', location_information: { latitude: 1 } },
      },
    ],
    ['a game', { game_title: 'G' }, { media_type: 'game', raw_data: { game_title: 'G' } }],
    [
      'a poll',
      { poll: { question: 'Q' } },
      { media_type: 'poll', raw_data: { poll: { question: 'Q' } } },
    ],
    [
      'a list',
      { todo_list: { title: 'T' } },
      { media_type: 'todo_list', raw_data: { todo_list: { title: 'T' } } },
    ],
    [
      'a giveaway',
      { giveaway_information: { months: 1 } },
      { media_type: 'giveaway', raw_data: { giveaway_information: { months: 1 } } },
    ],
    [
      'its results',
      { giveaway_results: { winners: [1] } },
      { media_type: 'giveaway_results', raw_data: { giveaway_results: { winners: [1] } } },
    ],
    [
      'paid media',
      { paid_stars_amount: 5 },
      { media_type: 'paid_media', raw_data: { paid_stars_amount: 5 } },
    ],
    [
      'an invoice, JSON in a string',
      { invoice_information: '{"title":"T","amount":9007199254740993}' },
      {
        media_type: 'invoice',
        raw_data: { invoice_information: { title: 'T', amount: 9007199254740993n } },
      },
    ],
    [
      'an invoice that is no JSON',
      { invoice_information: '{"title' },
      { media_type: 'invoice', raw_data: { invoice_information: '{"title' } },
    ],
  ])('%s', async (_name, source, ours) => {
    const { message, report } = await readMessage({ ...BASE, ...source });
    expect(message).toEqual({ ...OURS, ...ours });
    expect(report.repaired['wrong-type']).toBe(0);
  });
});

describe('reactions', () => {
  test('name their emoji, count and senders, and keep the rest', async () => {
    const recent = [
      { from: 'B', from_id: 'user2', date: '2023-11-14T23:14:00' },
      { from: null, from_id: 'channel3', date: '2023-11-14T23:15:00' },
    ];
    const { message } = await readMessage({
      ...BASE,
      reactions: [
        { type: 'emoji', count: 2, emoji: '👍', recent },
        { type: 'custom_emoji', count: 1, document_id: 'stickers/a.tgs' },
        { type: 'paid', count: 0 },
      ],
    });
    expect(message.reactions).toEqual([
      { emoji: '👍', count: 2, user_ids: ['user2', 'channel3'], recent },
      { type: 'custom_emoji', count: 1, document_id: 'stickers/a.tgs' },
      { type: 'paid', count: 0 },
    ]);
    expect(message.raw_data).toBeUndefined();
  });

  test.each([
    [5],
    [['x']],
    [[{ type: 'emoji', emoji: '👍' }]],
    [[{ count: -1 }]],
    [[{ count: 1, emoji: 3 }]],
  ])('of another shape are kept as they are: %j', async (reactions) => {
    const { message, report } = await readMessage({ ...BASE, reactions });
    expect(message).toEqual({ ...OURS, raw_data: { reactions } });
    expect(report.repaired['wrong-type']).toBe(1);
  });
});

describe('service messages', () => {
  const { from, from_id, ...rest } = BASE;
  const service = { ...rest, type: 'service', actor: 'Ann Lee', actor_id: 'user7' };

  test.each([
    { action: 'create_group', title: 'T', members: ['A', null] },
    { action: 'edit_group_photo', photo: 'photos/a.jpg', width: 1 },
    { action: 'pin_message', message_id: 3 },
    { action: 'phone_call', duration_seconds: 4, discard_reason: 'hangup' },
    { action: 'group_call_scheduled', schedule_date: 1700000000 },
    { information_text: 'custom' },
    { action: 'set_messages_ttl', period: 5 },
    { action: 'suggest_birthday', day: 1, month: 2 },
    { action: 'an_action_of_tomorrow', whatever: { deep: [1] } },
  ])('$action keeps its keys', async (keys) => {
    const { message } = await readMessage({ ...service, ...keys });
    const { photo, ...kept } = keys as { photo?: string };
    expect(message).toEqual({
      ...OURS,
      ...(photo && { media_type: 'photo', media_path: photo }),
      raw_data: { type: 'service', ...kept },
    });
  });

  test('proximity_reached has a sender and a target', async () => {
    const { message } = await readMessage({
      ...BASE,
      type: 'service',
      action: 'proximity_reached',
      to: 'Bob',
      to_id: 'user2',
      distance: 10,
    });
    expect(message).toEqual({
      ...OURS,
      raw_data: {
        type: 'service',
        action: 'proximity_reached',
        to: 'Bob',
        to_id: 'user2',
        distance: 10,
      },
    });
  });

  test('with both a sender and an actor loses neither', async () => {
    const { message } = await readMessage({ ...service, from: 'Bob', from_id: 'user2' });
    expect(message).toMatchObject({
      sender_id: 'user2',
      raw_data: { actor: 'Ann Lee', actor_id: 'user7' },
    });
  });

  test('the 64-bit id of a gift survives exactly', async () => {
    const { message } = await readMessage(
      '{"id":5,"type":"service","action":"send_star_gift","gift_id":18446744073709551615,"text":""}',
    );
    expect(message.raw_data?.gift_id).toBe(18446744073709551615n);
  });

  test('64-bit numbers are found wherever they stand in the bytes', async () => {
    for (let padding = 0; padding < 40; padding += 1) {
      const json = `{"id":5,"pad":"${'x'.repeat(padding)}","n":9007199254740993}`;
      expect((await readMessage(json)).message.raw_data?.n).toBe(9007199254740993n);
    }
  });

  test('the peers that were shared are JSON in a string', async () => {
    const { message } = await readMessage({
      ...service,
      action: 'requested_peer',
      button_id: 1,
      peers: '[ 7, 281474976710656123456 ]',
    });
    expect(message.raw_data?.peers).toEqual([7, 281474976710656123456n]);
  });

  test('a message that is not supported has an id only', async () => {
    const { message } = await readMessage({ id: 5, type: 'unsupported' });
    expect(message).toEqual({ id: 5, raw_data: { type: 'unsupported' } });
  });
});

describe('values of the wrong type are kept, and counted once a message', () => {
  test.each([
    ['from', 5],
    ['from_id', {}],
    ['from_id', -3],
    ['from_id', 1.5],
    ['date_unixtime', 'soon'],
    ['date_unixtime', '99999999999999'],
    ['date', 'yesterday'],
    ['edited', []],
    ['edited_unixtime', true],
    ['text', { a: 1 }],
    ['text', 7],
    ['text', ['a', 5]],
    ['text_entities', 'x'],
    ['text_entities', [{ type: 'bold' }]],
    ['reply_to_message_id', 1.5],
    ['reply_to_message_id', {}],
    ['forwarded_from', 3],
    ['photo', 3],
    ['file', {}],
    ['media_type', 9],
  ])('%s: %j', async (key, value) => {
    const source = { ...BASE, text: 'T', text_entities: undefined, [key]: value };
    if (key === 'date' || key === 'edited')
      delete (source as { date_unixtime?: string }).date_unixtime;
    const { message, report } = await readMessage(source);
    expect(message.raw_data).toMatchObject({ [key]: value });
    expect(report.repaired['wrong-type']).toBe(1);
  });

  test('two in one message count once', async () => {
    const { report } = await readMessage({ ...BASE, from: 5, forwarded_from: 5, text: {} });
    expect(report.repaired['wrong-type']).toBe(1);
  });
});

describe('ids', () => {
  test('a string, a big integer, zero and a negative number are ids', async () => {
    for (const [json, id] of [
      ['"abc"', 'abc'],
      ['9007199254740993', 9007199254740993n],
      ['0', 0],
      ['-999999997', -999999997],
    ] as const) {
      expect((await readMessage(`{"id":${json}}`)).message).toEqual({ id });
    }
  });

  test('a message without one gets the same each time, from its bytes', async () => {
    const first = await readMessage({ text: 'a' });
    const again = await readMessage({ text: 'a' });
    const other = await readMessage({ text: 'b' });
    expect(first.message.id).toMatch(/^unnumbered-[0-9a-f]{16}$/);
    expect(again.message.id).toBe(first.message.id);
    expect(other.message.id).not.toBe(first.message.id);
    expect(first.report.repaired['missing-id']).toBe(1);
  });

  test.each([1.5, {}, '', true, []])('%j is none, and kept', async (id) => {
    const { message } = await readMessage({ id });
    expect(message).toMatchObject({ id: expect.stringMatching(/^unnumbered-/), raw_data: { id } });
  });

  test('those that come again come out again: whoever stores them counts them', async () => {
    const { messages, report } = await readOne(
      '{"id":7,"messages":[{"id":1},{"id":2},{"id":2},{"id":1}]}',
    );
    expect(messages.map(({ id }) => id)).toEqual([1, 2, 2, 1]);
    expect(report).toMatchObject({ messages: 4 });
  });
});

test('keys of prototypes are data', async () => {
  const json =
    '{"id":5,"__proto__":{"polluted":1},"constructor":{"x":1},"text":[{"type":"bold","text":"a","__proto__":{"polluted":2}}],"reactions":[{"count":1,"__proto__":{"polluted":3}}]}';
  const { message } = await readMessage(json);
  expect(Object.keys(message.raw_data ?? {})).toEqual(['__proto__', 'constructor']);
  expect(JSON.stringify(message)).toContain('"__proto__":{"polluted":1}');
  expect(JSON.stringify(message.entities)).toContain('"__proto__":{"polluted":2}');
  expect(JSON.stringify(message.reactions)).toContain('"__proto__":{"polluted":3}');
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect((message.raw_data as { polluted?: number }).polluted).toBeUndefined();
});

describe('dates', () => {
  const { date_unixtime, ...old } = BASE;

  test('without unix time are read in the zone given, and stay as the mark of that', async () => {
    const { message, report } = await readMessage(old, { timeZone: 'Europe/Berlin' });
    expect(message).toEqual({ ...OURS, raw_data: { date: BASE.date } });
    expect(report.assumedTimeZone).toBeUndefined();
  });

  test('without zone are read as UTC, and the report says so', async () => {
    const { message, report } = await readMessage({ ...old, edited: '2023-11-15T00:00:00' });
    expect(message).toEqual({
      ...OURS,
      date: '2023-11-14T23:13:20Z',
      edit_date: '2023-11-15T00:00:00Z',
      raw_data: { date: BASE.date, edited: '2023-11-15T00:00:00' },
    });
    expect(report.assumedTimeZone).toBe('UTC');
  });

  test('an edit in 1970 is none', async () => {
    for (const edited of ['1970-01-01T00:00:00', '1970-01-01T14:00:00', '1969-12-31T13:00:00']) {
      const { message } = await readMessage({ ...BASE, edited });
      expect(message).toEqual(OURS);
    }
    expect((await readMessage({ ...BASE, edited: 'x', edited_unixtime: '0' })).message).toEqual(
      OURS,
    );
  });

  test('what the server no longer has is not dated', async () => {
    const { message } = await readMessage({
      ...BASE,
      date: '1970-01-01T01:00:00',
      date_unixtime: '0',
    });
    const { date, ...undated } = OURS;
    expect(message).toEqual({ ...undated, raw_data: { date_unixtime: '0' } });
  });

  test('as look-alikes write them', async () => {
    const dates = ['2023-11-14T22:13:20Z', '2023-11-14T23:13:20+01:00', 1700000000];
    for (const date of dates) {
      expect((await readMessage({ ...old, date })).message).toEqual(OURS);
    }
    expect((await readMessage({ ...BASE, date_unixtime: 1700000000 })).message).toEqual(OURS);
  });

  test('show every offset of the exporting computer once', async () => {
    const at = (id: number, date: string, unix: number) => ({ id, date, date_unixtime: `${unix}` });
    const { metadata } = await readOne(
      JSON.stringify({
        id: 7,
        messages: [
          at(1, '2023-11-14T23:13:20', 1700000000),
          at(2, '2023-11-14T23:13:21', 1700000001),
          at(3, '2023-07-22T06:26:40', 1690000000),
          at(4, '2023-11-15T09:13:20', 1700036000),
        ],
      }),
    );
    expect(metadata.source?.utc_offsets).toEqual(['+01:00', '+02:00']);
  });
});
