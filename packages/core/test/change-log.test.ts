import { once } from 'node:events';
import { appendFile, chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';
import { type Message, parseJson, serializeConversation, stringifyJson } from '@tgstore/schema';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { type Changes, EnhancedFileManager, type FileSystem } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { type TempStore, tempStore } from './support/store.ts';

function open({ path }: TempStore, fileSystem?: FileSystem): EnhancedFileManager {
  return new EnhancedFileManager({ storageDir: path, durability: 'relaxed', fileSystem });
}

const logOf = ({ path }: TempStore): string => join(path, '.tgstore', 'changes', '1.jsonl');

async function readLog(dir: TempStore): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(logOf(dir), 'utf8')).split('\n');
  expect(lines.pop()).toBe('');
  return lines.map((line) => parseJson(line) as Record<string, unknown>);
}

let day = 0;
/** Each one later than those before it. */
function edit(id: Message['id'], text = 'new'): Message {
  day += 1;
  const edit_date = new Date(Date.UTC(2025, 0, day)).toISOString();
  return message(id, { text, edit_date });
}

const range = (first: number | string, last = first) => ({ first: `${first}`, last: `${last}` });

/** What changes() says, without its function. */
async function changesSince(store: EnhancedFileManager, sinceRevision?: number | string) {
  const { includes, ...changes } = await store.changes('1', { sinceRevision });
  return changes;
}

const nothing = { everything: false, added: [], edited: [], deleted: [] };
const everything = { ...nothing, everything: true };

/** Saves without those messages: no tombstones are left. */
async function drop(store: EnhancedFileManager, ...ids: number[]): Promise<void> {
  const loaded = await store.loadConversation('1');
  const kept = [...loaded.messages.values()].filter(({ id }) => !ids.includes(Number(id)));
  await store.saveConversation({ ...loaded, messages: kept }, { force: true });
}

test('a new conversation has no log, and each change after it is an entry', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const path = await store.saveConversation(conversation('1', messages([1, 5, 9])));
  await expect(stat(logOf(dir))).rejects.toMatchObject({ code: 'ENOENT' });
  const versionNow = async () => {
    const { revision, revision_id } = await store.readMetadata('1');
    return { revision, revision_id, size: (await stat(path)).size };
  };
  const previous = await versionNow();
  const before = message(5);
  await store.appendMessages('1', [...messages([2, 3, 7, 12, 13]), edit(5)]);
  const lines = await readLog(dir);
  const bytes = (await readFile(logOf(dir), 'utf8')).lastIndexOf('\n{"revision"') + 1;
  const entry = [
    { edited: '5', before },
    { added: ['2', '3'] },
    { added: ['7', '7'] },
    { added: ['12', '13'] },
    { ...(await versionNow()), at: expect.any(String), operation: 'append', previous, bytes },
  ];
  expect(lines).toEqual(entry);
  await store.deleteMessages('1', [9]);
  expect((await readLog(dir)).slice(lines.length)).toEqual([
    { deleted: '9', before: message(9) },
    expect.objectContaining({
      revision: 3,
      operation: 'delete',
      previous: expect.objectContaining({ revision: 2 }),
    }),
  ]);
});

test('nothing old lies within a range', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages([10, 20, 'm'])));
  await store.appendMessages('1', messages([-4, 5, 11, 12, 19, 21, 'a', 'z']));
  const changes = await store.changes('1', { sinceRevision: 1 });
  expect(changes.added).toEqual([range(-4, 5), range(11, 19), range(21, 'a' as never), range('z')]);
  for (const id of [10, '20', 'm', -5, 'zz']) expect(changes.includes(id)).toBe(false);
  for (const id of [-4, 5, '12', 21, 'a', 'z', 19n]) expect(changes.includes(id)).toBe(true);
});

test('what several revisions did is put together', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(6)));
  await store.appendMessages('1', [message(10), edit(2), edit(3)]);
  await store.appendMessages('1', [message(11), edit(10), edit(1)]);
  await store.deleteMessages('1', [3, 4]);
  expect(await changesSince(store, 1)).toEqual({
    everything: false,
    added: [range(10), range(11)],
    edited: ['1', '2'],
    deleted: ['3', '4'],
  });
  expect(await changesSince(store, 2)).toEqual({
    everything: false,
    added: [range(11)],
    edited: ['1', '10'],
    deleted: ['3', '4'],
  });
  expect(await changesSince(store, 3)).toEqual({ ...nothing, deleted: ['3', '4'] });
  expect(await changesSince(store, 4)).toEqual(nothing);
  for (const revision of [undefined, 0, 5, -1]) {
    expect(await changesSince(store, revision)).toEqual(everything);
  }
  const changes = await store.changes('1', { sinceRevision: 1 });
  const included = ['1', 2, 10, 11].map((id) => changes.includes(id));
  expect(included).toEqual([true, true, true, true]);
  expect([3, '4', 5, 6].map((id) => changes.includes(id))).toEqual([false, false, false, false]);
});

test('a message that was gone and is back counts as edited', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(4)));
  await drop(store, 2, 3);
  expect(await changesSince(store, 1)).toEqual({ ...nothing, deleted: ['2', '3'] });
  await store.appendMessages('1', [message(2), message(7)]);
  const changes = await store.changes('1', { sinceRevision: 1 });
  expect(changes).toMatchObject({ everything: false, edited: ['2'], deleted: ['3'] });
  expect([2, 7, 3, 1].map((id) => changes.includes(id))).toEqual([true, true, false, false]);
  expect(await collect(store.history('1', 2))).toMatchObject([
    { kind: 'deleted', revision: 2 },
    { kind: 'added', revision: 3 },
  ]);
});

test('a message that is gone stays deleted, although others come on both sides of it', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages([10, 20])));
  await drop(store, 10);
  await store.appendMessages('1', messages([5, 15]));
  const changes = await store.changes('1', { sinceRevision: 1 });
  expect(changes).toMatchObject({ everything: false, edited: [], deleted: ['10'] });
  expect([5, 15, 10].map((id) => changes.includes(id))).toEqual([true, true, false]);
  expect(await collect(store.history('1', 10))).toMatchObject([{ kind: 'deleted', revision: 2 }]);
});

test('a tombstone counts as deleted, also where it came with a whole conversation', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(4)));
  const tombstone = (id: number) => message(id, { text: '', deleted: true });
  await store.mergeConversation(conversation('1', [tombstone(2)]));
  expect(await changesSince(store, 1)).toEqual({ ...nothing, deleted: ['2'] });
  const all = [message(1), tombstone(2), tombstone(3), message(4)];
  await store.saveConversation(conversation('1', all), { force: true });
  expect(await changesSince(store, 1)).toEqual({ ...nothing, deleted: ['2', '3'] });
  await store.saveConversation(conversation('1', messages(4)), { force: true });
  expect(await changesSince(store, 1)).toEqual({ ...nothing, edited: ['2', '3'] });
});

test('history tells what a message was before, the earliest first', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(2)));
  await store.appendMessages('1', [message(7), message(8)]);
  const edits = [edit(7, 'second'), edit(7, 'third')];
  for (const one of edits) await store.appendMessages('1', [one]);
  await store.mergeConversation(conversation('1', [edit(1, 'other')]));
  await store.deleteMessages('1', [7]);
  const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
  const ofSeven = { messageId: '7', at };
  expect(await collect(store.history('1', 7))).toEqual([
    { ...ofSeven, revision: 2, operation: 'append', kind: 'added', before: undefined },
    { ...ofSeven, revision: 3, operation: 'append', kind: 'edited', before: message(7) },
    { ...ofSeven, revision: 4, operation: 'append', kind: 'edited', before: edits[0] },
    { ...ofSeven, revision: 6, operation: 'delete', kind: 'deleted', before: edits[1] },
  ]);
  const all = await collect(store.history('1'));
  expect(all.map(({ revision, messageId, kind }) => [revision, messageId, kind])).toEqual([
    [3, '7', 'edited'],
    [4, '7', 'edited'],
    [5, '1', 'edited'],
    [6, '7', 'deleted'],
  ]);
  expect(await collect(store.history('1', 2))).toEqual([]);
});

test.each([
  ['a torn line', '{"edited":"1","bef'],
  [
    'lines of an entry that has no end',
    '{"added":["50","60"]}\n{"edited":"2","before":{"id":2}}\n',
  ],
  ['zeros, as a power cut leaves them', '\0'.repeat(70_000)],
  ['an end that is torn', '{"added":["50","60"]}\n{"revision":3,"revision_id":"x","si'],
])('%s at the end is not read, and is cut by the next change', async (_, rest) => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.appendMessages('1', [message(4), edit(1)]);
  const whole = await readFile(logOf(dir), 'utf8');
  await appendFile(logOf(dir), rest);
  const expected = { ...nothing, added: [range(4)], edited: ['1'] };
  expect(await changesSince(store, 1)).toEqual(expected);
  expect(await collect(store.history('1'))).toHaveLength(1);
  await store.appendMessages('1', [message(5)]);
  const now = await readFile(logOf(dir), 'utf8');
  expect(now.slice(0, whole.length)).toBe(whole);
  expect(now.slice(whole.length)).toMatch(/^\{"added":\["5","5"\]\}\n\{"revision":3,[^\n]*\}\n$/);
  // two revisions, each with its range
  expect(await changesSince(store, 1)).toEqual({ ...expected, added: [range(4), range(5)] });
});

const version = { revision: 2, revision_id: 'x', size: 1 };
const end = { ...version, at: '', operation: 'merge', previous: version, bytes: 0 };

test.each([
  ['no object', 7],
  ['ranges that are none', { added: 1 }],
  ['a range of numbers', { added: [1, 2] }],
  ['nothing that it tells of', {}],
  ['an id that is none', { edited: 1, before: message(1) }],
  ['a message that is none', { edited: '1', before: null }],
  ['another message', { deleted: '1', before: message(2) }],
  ['an end without what came before', { ...end, previous: 7 }],
  ['an end with a large number of bytes', { ...end, bytes: 12_345_678_901_234_567_890n }],
  ['an end without a time', { ...end, at: null }],
])('a line that is JSON and says %s is damaged: everything counts as changed', async (_, line) => {
  await using dir = await tempStore({ problems: ['CHECK_CHANGES_DAMAGED'] });
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.appendMessages('1', [message(4)]);
  const whole = await readFile(logOf(dir), 'utf8');
  await writeFile(logOf(dir), `${stringifyJson(line)}\n${whole}`);
  expect(await changesSince(store, 1)).toEqual(everything);
  expect(await collect(store.history('1', 1))).toEqual([]);
  await store.appendMessages('1', [message(5)]);
  expect((await store.loadConversation('1')).messages.size).toBe(5);
});

/** The real file system, in which content does not get its name as long as `fails` says so. */
function crashing(fails: () => boolean): FileSystem {
  return watching(({ name, args }) => {
    const isPublish = name === 'rename' && isTemporaryName(basename(String(args[0])));
    if (isPublish && fails() && String(args[1]).endsWith('1_unprocessed.json')) {
      throw systemError('EIO', 'rename');
    }
    return undefined;
  });
}

test.each([
  [1, 20],
  [40, 20],
  // longer than what is read of the log at a time
  [5, 100_000],
  [400, 1000],
])(
  'an entry of %s edits whose content never came is not shown, and is cut by the next change',
  async (count, length) => {
    await using dir = await tempStore();
    let fails = false;
    await using store = open(
      dir,
      crashing(() => fails),
    );
    const text = 'é'.repeat(length);
    const all = messages(count).map((one) => ({ ...one, text }));
    await store.saveConversation(conversation('1', all));
    const look = async () => ({
      changes: await changesSince(store, 1),
      history: await collect(store.history('1')),
      first: await collect(store.history('1', 1)),
      content: await store.loadConversation('1'),
    });
    const crash = async () => {
      fails = true;
      const edits = [...all.map(({ id }) => edit(id, 'never came')), message(5000)];
      await expect(store.appendMessages('1', edits)).rejects.toMatchObject({ code: 'EIO' });
      fails = false;
    };
    // before there is any other entry, and after one
    for (const revision of [2, 3]) {
      const before = await look();
      const log = await readFile(logOf(dir), 'utf8').catch(() => '');
      await crash();
      expect((await stat(logOf(dir))).size).toBeGreaterThan(log.length + count * 20);
      expect(await look()).toEqual(before);
      await crash();
      expect(await look()).toEqual(before);
      await store.appendMessages('1', [message(6000 + revision)]);
      const now = await readFile(logOf(dir), 'utf8');
      expect(now.startsWith(log)).toBe(true);
      expect(now.slice(log.length).split('\n')).toHaveLength(3);
      const { changes, history } = await look();
      expect(changes).toMatchObject({ everything: false, edited: [], deleted: [] });
      expect(changes.added.map(({ last }) => last).at(-1)).toBe(`${6000 + revision}`);
      expect(history).toEqual([]);
    }
  },
);

test.each([
  ['with another id', { revision: 7, revision_id: 'other' }],
  ['without an id', {}],
  ['and kept the id', undefined],
])(
  'where another program rewrote the file %s, everything counts as changed, and history stays',
  async (_, metadata) => {
    await using dir = await tempStore();
    await using store = open(dir);
    await store.saveConversation(conversation('1', messages(3)));
    await store.appendMessages('1', [edit(1)]);
    const kept = metadata ?? (await store.readMetadata('1'));
    const theirs = conversation('1', [message(1, { text: 'theirs' })], kept);
    await dir.put('1_unprocessed.json', serializeConversation(theirs));
    expect(await changesSince(store, 1)).toEqual(everything);
    await store.appendMessages('1', [message(8)]);
    const { revision } = await store.readMetadata('1');
    for (const since of [1, 2].filter((one) => one !== (revision ?? 0) - 1 && one !== revision)) {
      expect(await changesSince(store, since)).toEqual(everything);
    }
    expect(await collect(store.history('1', 1))).toMatchObject([{ kind: 'edited', revision: 2 }]);
    // from here on it is known again
    await store.appendMessages('1', [message(9)]);
    expect(await changesSince(store, revision ?? 0)).toEqual({ ...nothing, added: [range(9)] });
  },
);

test('what a power cut left of an entry whose content never came is no damage, whatever pages are there', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.appendMessages('1', [edit(1)]);
  const path = join(dir.path, '1_unprocessed.json');
  const [content, { length: before }] = [await readFile(path), await readFile(logOf(dir))];
  await store.appendMessages('1', [edit(2), edit(3)]);
  await writeFile(path, content);
  const log = await readFile(logOf(dir));
  // its first line is not there, what follows is
  await writeFile(logOf(dir), log.fill(0, before, before + 20));
  const { actions } = await store.recover({ minAgeMs: 0 });
  expect(actions).toEqual([]);
  expect((await collect(store.history('1'))).map(({ messageId }) => messageId)).toEqual(['1']);
});

test('zeros in the middle cost what they cover, and no more', async () => {
  await using dir = await tempStore({ problems: ['CHECK_CHANGES_DAMAGED'] });
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const ends: number[] = [];
  for (const id of [1, 2, 3]) {
    await store.appendMessages('1', [edit(id)]);
    ends.push((await stat(logOf(dir))).size);
  }
  const log = await readFile(logOf(dir));
  const [first = 0, second = 0] = ends;
  // from within the line of the edit to within the end of its entry
  await writeFile(logOf(dir), log.fill(0, first + 5, second - 5));
  expect(await changesSince(store, 1)).toEqual(everything);
  expect(await changesSince(store, 2)).toEqual(everything);
  expect((await collect(store.history('1'))).map(({ messageId }) => messageId)).toContain('1');
  await store.appendMessages('1', [edit(1)]);
  await store.appendMessages('1', [edit(2)]);
  expect(await changesSince(store, 5)).toEqual({ ...nothing, edited: ['2'] });
  expect(await changesSince(store, 1)).toEqual(everything);
  const told = (await collect(store.history('1'))).map(({ revision }) => revision);
  expect(told).toEqual(expect.arrayContaining([2, 5, 6]));
});

test('a conversation that was deleted and made anew knows nothing of its first life', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  await store.appendMessages('1', [edit(1, 'first life')]);
  await store.deleteConversation('1');
  await store.saveConversation(conversation('1', messages(2)));
  expect(await collect(store.history('1'))).toEqual([]);
  await store.appendMessages('1', [edit(2)]);
  expect(await changesSince(store, 1)).toEqual({ ...nothing, edited: ['2'] });
  expect(await collect(store.history('1'))).toHaveLength(1);
});

test('also where another program deleted it, its changes are not mixed with those of its first life', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const path = await store.saveConversation(conversation('1', messages(3)));
  for (const id of [1, 2]) await store.appendMessages('1', [edit(id)]);
  await rm(path);
  await store.saveConversation(conversation('1', messages(3)));
  // the number may be that of the first life, the id is not
  expect(await changesSince(store, 1)).toEqual(everything);
  const { revision_id } = await store.readMetadata('1');
  expect(await changesSince(store, revision_id as string)).toEqual(nothing);
  await store.appendMessages('1', [edit(3)]);
  await store.appendMessages('1', [message(4)]);
  expect(await changesSince(store, 1)).toEqual({ ...nothing, added: [range(4)], edited: ['3'] });
  expect(await changesSince(store, 2)).toEqual({ ...nothing, added: [range(4)] });
});

test('after a restore a number that came again counts everything as changed, an id does not', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(3)));
  const { id } = await store.createManualBackup();
  await store.appendMessages('1', [edit(1)]);
  await store.restoreBackup(id, { overwrite: true });
  await store.appendMessages('1', [edit(2)]);
  const { revision, revision_id } = await store.readMetadata('1');
  expect(revision).toBe(2);
  expect(await changesSince(store, 2)).toEqual(everything);
  expect(await changesSince(store, revision_id as string)).toEqual(nothing);
  await store.appendMessages('1', [edit(3)]);
  expect(await changesSince(store, revision_id as string)).toEqual({ ...nothing, edited: ['3'] });
});

test('readers find the log consistent while another process writes it', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(1)));
  const child = startTypeScript(new URL('support/change-steadily.ts', import.meta.url), {
    args: [dir.path, '1'],
  });
  const ended = once(child, 'exit');
  try {
    let reads = 0;
    for (let seen = 1; seen < 40; ) {
      const since = 1 + (reads % seen);
      const changes = await store.changes('1', { sinceRevision: since });
      reads += 1;
      // never: not known
      expect(changes).toMatchObject({ everything: false, deleted: [] });
      const now = lastAdded(changes, since);
      expect(now).toBeGreaterThanOrEqual(seen);
      if (now > since) expect(changes.edited).toEqual(['1']);
      seen = now;
      if (reads % 10 !== 0) continue;
      const history = await collect(store.history('1', 1));
      expect(history.map(({ revision }) => revision)).toEqual(history.map((_, index) => index + 2));
      for (const { revision, before } of history.slice(1)) {
        expect(before?.text).toMatch(`revision ${revision - 1} é`);
      }
    }
    expect(child.exitCode).toBe(null);
  } finally {
    child.kill('SIGKILL');
    await ended;
  }
  // sweeps what the child was writing
  await open(dir).saveConversation(conversation('2'));
});

/** The last of the messages that came, which come one in each revision. */
function lastAdded({ added, includes }: Changes, since: number): number {
  const last = Number(added.at(-1)?.last ?? since);
  expect(added).toEqual(
    Array.from({ length: last - since }, (_, index) => range(since + index + 1)),
  );
  expect(includes(last + 1)).toBe(false);
  return last;
}

test('entries longer than what is read at a time are whole', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const size = 300_000;
  const long = (id: number) => message(id, { text: `${id} ${'é\n'.repeat(size)}` });
  const all = [...Array.from({ length: 3 }, (_, index) => long(index + 1)), ...messages([4, 5, 6])];
  await store.saveConversation(conversation('1', all));
  await store.appendMessages('1', [edit(1), edit(2), ...messages([7, 8])]);
  await store.deleteMessages('1', [3]);
  await store.appendMessages('1', [edit(4)]);
  expect(await changesSince(store, 1)).toEqual({
    everything: false,
    added: [range(7, 8)],
    edited: ['1', '2', '4'],
    deleted: ['3'],
  });
  for (const id of [1, 2, 3]) {
    const [{ before } = {} as never] = await collect(store.history('1', id));
    expect(before?.text === long(id).text).toBe(true);
  }
  const many = Array.from({ length: 4000 }, (_, index) => message(10 + 2 * index));
  await store.appendMessages('1', many);
  const others = many.map(({ id }) => message(Number(id) + 1));
  await store.appendMessages('1', others);
  const { added } = await store.changes('1', { sinceRevision: 5 });
  expect(added).toHaveLength(4000);
  await store.appendMessages('1', [edit(10)]);
  expect(await changesSince(store, 6)).toEqual({ ...nothing, edited: ['10'] });
});

test('ids that no number holds, and those that JavaScript knows, are ids as all others', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const big = 9_007_199_254_740_993n;
  const odd = ['__proto__', 'constructor', 'q"\\\n', '😀'];
  const raw_data = JSON.parse('{"__proto__":{"x":1}}');
  const start = [
    message(big, { raw_data: { big } }),
    ...odd.map((id) => message(id, { raw_data })),
  ];
  await store.saveConversation(conversation('1', start));
  await store.appendMessages('1', [edit(big), ...odd.map((id) => edit(id)), message(big - 1n)]);
  await store.deleteMessages('1', [String(big), '__proto__']);
  const changes = await store.changes('1', { sinceRevision: 1 });
  expect(changes).toMatchObject({
    everything: false,
    added: [range(String(big - 1n))],
    edited: ['constructor', 'q"\\\n', '😀'],
    deleted: [String(big), '__proto__'],
  });
  expect(changes.includes(big - 1n)).toBe(true);
  expect(changes.includes('toString')).toBe(false);
  const [first] = await collect(store.history('1', big));
  expect(first?.before).toEqual(start[0]);
  const [proto] = await collect(store.history('1', '__proto__'));
  expect(JSON.stringify(proto?.before)).toBe(JSON.stringify(message('__proto__', { raw_data })));
});

test('a message that another program wrote over several lines is logged in one', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  const text = serializeConversation(conversation('1', messages(2)));
  const [line = ''] = /^"1":.*$/m.exec(text) ?? [];
  await dir.put(
    '1_unprocessed.json',
    text.replace(line, () => line.replaceAll(',"', ',\n  "')),
  );
  await store.appendMessages('1', [edit(1), message(3)]);
  await store.appendMessages('1', [message(4)]);
  expect(await collect(store.history('1', 1))).toMatchObject([{ before: message(1) }]);
  expect(await readLog(dir)).toHaveLength(5);
});

test('a log that is a link is not followed', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages(2)));
  await store.appendMessages('1', [edit(1)]);
  const { rename, symlink } = await import('node:fs/promises');
  const elsewhere = join(dir.path, '.tgstore', 'elsewhere');
  await rename(logOf(dir), elsewhere);
  await symlink(elsewhere, logOf(dir));
  const before = await readFile(elsewhere, 'utf8');
  await expect(store.appendMessages('1', [edit(2)])).rejects.toMatchObject({ code: 'ELOOP' });
  expect(await readFile(elsewhere, 'utf8')).toBe(before);
  await rm(logOf(dir));
  await rename(elsewhere, logOf(dir));
});

test('others may not read it, whatever it was before and the umask', async () => {
  await using dir = await tempStore();
  await using store = open(dir);
  await store.saveConversation(conversation('1', messages([1, 2])));
  await store.mergeConversation({ ...conversation('1', []), messages: [edit(1)] });
  await chmod(logOf(dir), 0o644);
  await store.mergeConversation({ ...conversation('1', []), messages: [edit(1)] });
  expect((await stat(logOf(dir))).mode & 0o777).toBe(0o600);
});
