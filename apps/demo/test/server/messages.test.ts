import { expect, test } from 'vitest';
import type { MessagePage, ShownHistoryEntry } from '../../src/api/index.ts';
import { message, messages, type TestExplorer, testExplorer } from './support/explorer.ts';

async function page(
  explorer: TestExplorer,
  query: string,
  id = '1',
): Promise<[string[], boolean, boolean]> {
  const path = `/api/conversations/${id}/messages?${query}`;
  const { messages, hasEarlier, hasLater } = await explorer.getJson<MessagePage>(path);
  return [messages.map((shown) => shown.id), hasEarlier, hasLater];
}

test('pages begin at the end, before, after or around a message, or at a time', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(10));
  expect(await page(explorer, 'limit=3')).toEqual([['8', '9', '10'], true, false]);
  expect(await page(explorer, '')).toEqual([
    messages(10).map(({ id }) => String(id)),
    false,
    false,
  ]);
  expect(await page(explorer, 'before=8&limit=3')).toEqual([['5', '6', '7'], true, true]);
  expect(await page(explorer, 'before=3&limit=3')).toEqual([['1', '2'], false, true]);
  expect(await page(explorer, 'before=1')).toEqual([[], false, true]);
  expect(await page(explorer, 'after=5&limit=3')).toEqual([['6', '7', '8'], true, true]);
  expect(await page(explorer, 'after=8&limit=3')).toEqual([['9', '10'], true, false]);
  expect(await page(explorer, 'after=10')).toEqual([[], true, false]);
  expect(await page(explorer, 'around=5&limit=4')).toEqual([['3', '4', '5', '6'], true, true]);
  expect(await page(explorer, 'around=1&limit=4')).toEqual([['1', '2'], false, true]);
  expect(await page(explorer, 'around=10&limit=4')).toEqual([['8', '9', '10'], true, false]);
  expect(await page(explorer, 'from=2024-01-01T12:04:30Z&limit=2')).toEqual([
    ['5', '6'],
    true,
    true,
  ]);
  expect(await page(explorer, 'from=2030-01-01')).toEqual([[], true, false]);
});

test('pages of an empty conversation, and of one with strange ids', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', []);
  for (const query of ['', 'before=5', 'after=5', 'around=5', 'from=2024-01-01']) {
    expect(await page(explorer, query)).toEqual([[], false, false]);
  }
  const ids = ['-5', '7', '9007199254740993', 'unnumbered-1'];
  await explorer.save(
    '2',
    ids.map((id) => message(/^-?\d+$/.test(id) ? BigInt(id) : id)),
  );
  expect(await page(explorer, '', '2')).toEqual([ids, false, false]);
  expect(await page(explorer, 'around=9007199254740993&limit=2', '2')).toEqual([
    ['7', '9007199254740993'],
    true,
    true,
  ]);
});

test('a query that can’t be is refused', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(1));
  for (const query of ['limit=0', 'limit=501', 'limit=x', 'from=yesterday', 'before=1&after=2']) {
    const { status, text } = await explorer.request(`/api/conversations/1/messages?${query}`);
    expect([query, status, text.includes('EXPLORER_BAD_REQUEST')]).toEqual([query, 400, true]);
  }
  const { status, text } = await explorer.request('/api/conversations/2/messages');
  expect([status, text.includes('STORE_NOT_FOUND')]).toEqual([404, true]);
});

test('answers show what they answer, from the page or beyond it', async () => {
  await using explorer = await testExplorer();
  const long = `${'word '.repeat(60)}end`;
  await explorer.save('1', [
    message(1, { text: long, sender_name: 'Ben' }),
    message(2, { text: '', media_type: 'voice_message' }),
    message(3, { reply_to_id: 1 }),
    message(4, { reply_to_id: 2 }),
    message(5, { reply_to_id: 99 }),
    message(6, { reply_to_id: 5 }),
  ]);
  const { messages: shown } = await explorer.getJson<MessagePage>(
    '/api/conversations/1/messages?limit=4',
  );
  const replies = shown.map(({ replyTo }) => replyTo);
  expect(replies[0]).toMatchObject({ id: '1', senderName: 'Ben' });
  expect(replies[0]?.excerpt).toHaveLength(120);
  expect(replies.slice(1)).toEqual([
    { id: '2', senderName: 'Mira', excerpt: 'voice message' },
    { id: '99' },
    { id: '5', senderName: 'Mira', excerpt: 'text 5' },
  ]);
});

test('what a message has is shown in the words of the page', async () => {
  await using explorer = await testExplorer();
  await explorer.save(
    '77',
    [
      message(1, {
        sender_id: 'user77',
        text: 'a 👍 b',
        edit_date: '2024-01-02T00:00:00Z',
        entities: [
          { type: 'text_link', offset: 5, length: 1, url: 'javascript:alert(1)' },
          { type: 'text_link', offset: 0, length: 1, url: 'https://example.org/' },
          { type: 'pre', offset: 2, length: 2, language: 'ts' },
        ],
        reactions: [
          { emoji: '❤', count: 2 },
          { count: 1, type: 'paid' },
          { count: 3, type: 'custom_emoji', document_id: 'x' },
        ],
        forwarded_from: null,
      }),
      message(2, { sender_id: 'user5', deleted: true, text: '' }),
      message(3, {
        text: '',
        sender_name: 'Mira',
        raw_data: { type: 'service', action: 'invite_members', members: ['Ben', null] },
      }),
      message(4, {
        media_type: 'poll',
        raw_data: {
          poll: {
            question: ['Are ', { type: 'bold', text: 'you' }, '?'],
            closed: true,
            total_voters: 3,
            answers: [
              { text: 'Yes', voters: 1, chosen: true },
              { text: 'No', voters: 2 },
            ],
          },
        },
      }),
      message(5, {
        media_type: 'photo',
        raw_data: {
          photo: '(File not included. Change data exporting settings to download.)',
          width: 3,
          height: 4,
        },
      }),
    ],
    { chat_type: 'private' },
  );
  const { messages: shown } = await explorer.getJson<MessagePage>('/api/conversations/77/messages');
  expect(shown[0]).toMatchObject({
    isOutgoing: false,
    editDate: '2024-01-02T00:00:00Z',
    forwardedFrom: {},
    entities: [
      { type: 'text_link', offset: 0, length: 1, url: 'https://example.org/' },
      { type: 'pre', offset: 2, length: 2, language: 'ts' },
      { type: 'text_link', offset: 5, length: 1 },
    ],
    reactions: [
      { emoji: '❤', kind: 'emoji', count: 2 },
      { kind: 'paid', count: 1 },
      { kind: 'custom_emoji', count: 3 },
    ],
  });
  expect(shown[0]?.entities[2]).not.toHaveProperty('url');
  expect(shown[1]).toMatchObject({ isOutgoing: true, isDeleted: true, text: '' });
  expect(shown[2]?.service).toBe('Mira invited Ben and a deleted account');
  expect(shown[3]?.details).toEqual([
    { label: 'Poll, closed', value: 'Are you?' },
    { label: '1 vote, chosen', value: 'Yes' },
    { label: '2 votes', value: 'No' },
    { label: 'Voters', value: '3' },
  ]);
  expect(shown[4]?.media).toMatchObject({ kind: 'photo', width: 3, height: 4 });
  // said once, by the details
  expect(shown[4]?.media).not.toHaveProperty('name');
  expect(shown[4]?.details[0]).toEqual({
    label: 'Not in the export',
    value: 'File not included. Change data exporting settings to download.',
  });
});

test('the history of a message tells what it was before', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(2));
  await explorer.store.appendMessages('1', [
    message(1, { text: 'edited', edit_date: '2024-02-01T00:00:00Z' }),
  ]);
  await explorer.store.deleteMessages('1', [1]);
  const path = '/api/conversations/1/messages/1/history';
  const entries = await explorer.getJson<ShownHistoryEntry[]>(path);
  expect(entries.slice(-2).map(({ kind, before }) => [kind, before?.text])).toEqual([
    ['edited', 'text 1'],
    ['deleted', 'edited'],
  ]);
});
