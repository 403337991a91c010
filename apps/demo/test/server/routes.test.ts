import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type {
  ActivityEvent,
  BackupOverview,
  CheckEvent,
  ConversationDetails,
  ConversationRow,
  LockOverview,
  RestoreOutcome,
  SearchEvent,
  ShownBackup,
  StoreInfo,
  VerifiedBackup,
} from '../../src/api/index.ts';
import { message, messages, testExplorer } from './support/explorer.ts';

test('the store says what may be done with it', async () => {
  await using explorer = await testExplorer();
  expect(await explorer.getJson<StoreInfo>('/api/store')).toEqual({
    path: explorer.storageDir,
    version: '1.2.3',
    isReadOnly: false,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
});

test('the list streams every conversation, also those that can’t be read', async () => {
  await using explorer = await testExplorer();
  const list = () => explorer.getLines<ConversationRow>('/api/conversations');
  await explorer.save('2', messages(3), { name: 'Two', chat_type: 'private', username: 'two' });
  await explorer.save('10', [], { is_channel: true });
  await writeFile(join(explorer.storageDir, '11_processed.json'), 'broken');
  const [two, ten, broken] = await list();
  expect(two).toMatchObject({
    id: '2',
    name: 'Two',
    username: 'two',
    type: 'private',
    status: 'unprocessed',
    messageCount: 3,
    lastMessageDate: '2024-01-01T12:03:00Z',
  });
  expect(ten).toMatchObject({ id: '10', type: 'channel', messageCount: 0 });
  expect(broken).toMatchObject({
    id: '11',
    status: 'processed',
    size: 6,
    error: { code: 'STORE_INVALID_FILE' },
  });
});

test('a conversation has its details, and changes its status', async () => {
  await using explorer = await testExplorer();
  const participants = [{ id: 'user1', first_name: 'Mira', last_name: 'T' }];
  await explorer.save('a/b', messages(3), { participants, source: { type: 'test' } });
  const path = `/api/conversations/${encodeURIComponent('a/b')}`;
  expect(await explorer.getJson<ConversationDetails>(path)).toMatchObject({
    id: 'a/b',
    participants: [{ id: 'user1', name: 'Mira T' }],
    firstMessageDate: '2024-01-01T12:01:00Z',
    revision: 1,
    source: '{"type":"test"}',
  });
  const row = await explorer.postJson<ConversationRow>(`${path}/status`, { status: 'processed' });
  expect(row).toMatchObject({ id: 'a/b', status: 'processed' });
  expect((await explorer.store.listFiles())[0]?.status).toBe('processed');
  expect(await explorer.postJson(`${path}/status`, { status: 'unprocessed' })).toMatchObject({
    status: 'unprocessed',
  });
});

test('search streams hits with what stands around them, by text, pattern, sender and time', async () => {
  await using explorer = await testExplorer();
  await explorer.save(
    '1',
    [message(1), message(2, { text: 'a Straße b', sender_name: 'Ben' }), message(3)],
    { name: 'One' },
  );
  await explorer.save('2', [message(1, { text: 'STRASSE, strasse' })]);
  const search = (query: string) => explorer.getLines<SearchEvent>(`/api/search?${query}`);
  const [hit, done] = await search(`query=${encodeURIComponent('straße')}`);
  expect(hit).toMatchObject({
    type: 'hit',
    conversationId: '1',
    conversationName: 'One',
    message: { id: '2', text: 'a Straße b' },
    matches: [{ offset: 2, length: 6 }],
    before: [{ id: '1' }],
    after: [{ id: '3' }],
  });
  expect(done).toEqual({ type: 'done', hits: 1, isCut: false });
  expect(await search('query=strasse')).toMatchObject([
    {
      matches: [
        { offset: 0, length: 7 },
        { offset: 9, length: 7 },
      ],
    },
    { hits: 1 },
  ]);
  expect(await search('query=stra(ss|%C3%9F)e&regex=1')).toHaveLength(3);
  expect(await search('query=stra&conversation=2')).toHaveLength(2);
  expect(await search('query=e&sender=be')).toMatchObject([{ message: { id: '2' } }, { hits: 1 }]);
  expect(await search('query=text&from=2024-01-01T12:02:00Z')).toMatchObject([
    { message: { id: '3' } },
    { hits: 1 },
  ]);
  const refused = {
    '': 400,
    'query=': 400,
    'query=%28&regex=1': 400,
    'query=x&to=never': 400,
    'query=x&conversation=9': 404,
  };
  for (const [query, status] of Object.entries(refused)) {
    expect((await explorer.request(`/api/search?${query}`)).status, query).toBe(status);
  }
  expect((await explorer.request('/api/search?query=%28&regex=1')).text).toContain(
    'EXPLORER_INVALID_PATTERN',
  );
});

test('search gives a thousand hits, says that there are more, and which files it can’t read', async () => {
  await using explorer = await testExplorer();
  await writeFile(join(explorer.storageDir, '0_processed.json'), 'broken');
  await explorer.save('1', messages(1001));
  const events = await explorer.getLines<SearchEvent>('/api/search?query=text');
  expect(events[0]).toMatchObject({ type: 'unreadable', conversationId: '0' });
  expect(events).toHaveLength(1002);
  expect(events.at(-1)).toEqual({ type: 'done', hits: 1000, isCut: true });
});

test('activity counts days, hours and senders, and again only what has changed', async () => {
  await using explorer = await testExplorer();
  const at = (id: number, local: string, rest = {}) =>
    message(id, { date: `${new Date(local).toISOString().slice(0, 19)}Z`, ...rest });
  await explorer.save(
    '1',
    [
      at(1, '2024-01-01T10:30:00'),
      at(2, '2024-01-07T23:59:59', { sender_id: 'user2', sender_name: 'Ben' }),
      at(3, '2024-01-07T23:00:00'),
      message(4, { deleted: true, text: '' }),
      message(5, { date: undefined }),
    ],
    { name: 'One' },
  );
  await explorer.save('2', messages(1), { name: 'Two' });
  const read = async (query = '') => {
    const last = (await explorer.getLines<ActivityEvent>(`/api/activity${query}`)).at(-1);
    if (last?.type !== 'activity') throw new Error(JSON.stringify(last));
    return last.activity;
  };
  const one = await read('?conversation=1');
  expect(one).toMatchObject({
    messages: 4,
    days: [
      ['2024-01-01', 1],
      ['2024-01-07', 2],
    ],
    senders: [
      { id: 'user1', name: 'Mira', count: 3 },
      { id: 'user2', name: 'Ben', count: 1 },
    ],
    otherSenders: { senders: 0, messages: 0 },
  });
  expect(one.weekHours[0]?.[10]).toBe(1);
  expect(one.weekHours[6]?.[23]).toBe(2);
  expect(await read('?conversation=1')).toEqual(one);
  await explorer.store.appendMessages('1', [at(6, '2024-01-08T00:00:00')]);
  expect((await read('?conversation=1')).messages).toBe(5);
  expect((await read()).senders).toEqual([
    { id: '1', name: 'One', count: 5 },
    { id: '2', name: 'Two', count: 1 },
  ]);
  expect(await explorer.getLines('/api/activity?conversation=9')).toMatchObject([
    { type: 'failed', error: { code: 'STORE_NOT_FOUND' } },
  ]);
});

test('check streams what it finds', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(3));
  await writeFile(join(explorer.storageDir, '2_processed.json'), 'broken');
  const events = await explorer.getLines<CheckEvent>('/api/check');
  expect(events[0]).toEqual({ type: 'progress', done: 0, total: 2, messages: 0 });
  expect(events.find(({ type }) => type === 'problem')).toMatchObject({
    code: 'CHECK_UNREADABLE',
    severity: 'error',
    conversationId: '2',
  });
  expect(events.at(-1)).toEqual({ type: 'done', conversations: 2, messages: 3, problems: 1 });
});

test('backups are made, listed, verified, and restored after a look at what would change', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(3));
  const made = await explorer.postJson<ShownBackup>('/api/backups', { tag: 'before' });
  expect(made).toMatchObject({ tag: 'before', conversations: 1, isEncrypted: false });
  expect(await explorer.getJson<BackupOverview>('/api/backups')).toMatchObject({
    backups: [{ id: made.id }],
    foreign: [],
  });
  expect(await explorer.postJson<VerifiedBackup>(`/api/backups/${made.id}/verify`)).toEqual({
    id: made.id,
    conversations: 1,
    size: made.size,
  });
  await explorer.store.appendMessages('1', [message(4)]);
  const restore = (body: object) =>
    explorer.postJson<RestoreOutcome>(`/api/backups/${made.id}/restore`, body);
  expect(await restore({ dryRun: true, overwrite: true })).toEqual({
    isDryRun: true,
    items: [{ id: '1', result: 'replaced' }],
  });
  expect(await restore({})).toEqual({ isDryRun: false, items: [{ id: '1', result: 'existing' }] });
  expect((await explorer.store.readMetadata('1')).message_count).toBe(4);
  const { preRestore, items } = await restore({ overwrite: true, only: ['1'] });
  expect([items, typeof preRestore]).toEqual([[{ id: '1', result: 'replaced' }], 'string']);
  expect((await explorer.store.readMetadata('1')).message_count).toBe(3);
  expect(
    (await explorer.request('/api/backups/none/verify', { method: 'POST', body: '{}' })).status,
  ).toBe(404);
  expect(
    (await explorer.request('/api/backups', { method: 'POST', body: '{"tag":"../x"}' })).status,
  ).toBe(400);
  expect(
    (await explorer.request('/api/backups', { method: 'POST', body: '{"tag":7}' })).status,
  ).toBe(400);
});

test('locks show who holds a conversation, and who has one in hand', async () => {
  const explorer = await testExplorer();
  await using _explorer = explorer;
  await explorer.save('1', messages(1));
  expect(await explorer.getJson<LockOverview>('/api/locks')).toEqual({ locks: [], claims: [] });
  let overview: LockOverview | undefined;
  await explorer.store.processAllUnprocessed(async () => {
    overview = await explorer.getJson<LockOverview>('/api/locks');
  });
  expect(overview?.claims).toMatchObject([
    { conversationId: '1', pid: process.pid, liveness: 'alive' },
  ]);
});

test('what nobody expects is a coded 500', async () => {
  await using explorer = await testExplorer();
  explorer.store.inspect = () => Promise.reject(new Error('oops'));
  const { status, text } = await explorer.request('/api/locks');
  expect([status, JSON.parse(text)]).toEqual([
    500,
    { error: { code: 'UNEXPECTED', message: 'oops' } },
  ]);
});
