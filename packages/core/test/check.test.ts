import { chmod, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sampleConversation, serializeConversation } from '@tgstore/schema';
import { expect, test } from 'vitest';
import { type CheckCode, type CheckProblem, FileManager } from '../src/index.ts';
import { collect } from './support/collect.ts';
import { conversation, messages } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { findings, type TempStore, tempStore } from './support/store.ts';

const ours = (id: string) => serializeConversation(conversation(id, messages(3), COUNTS));
const COUNTS = {
  message_count: 3,
  last_message_id: 3,
  last_message_date: '2024-01-01T00:00:03Z',
};

/** A finding in one line. */
const told = ({ code, severity, path, message, remedy }: CheckProblem) =>
  `${severity} ${code} ${basename(path)}: ${message} → ${remedy}`;

test('a store that only we wrote has no findings', async () => {
  await using store = await tempStore();
  const ids = ['1', '-5', 'A b', 'Ж', '..'];
  for (const id of ids) await store.files.saveConversation(conversation(id, messages(9)));
  await store.files.saveConversation(sampleConversation());
  await store.files.saveConversation(conversation('empty', []));
  await store.files.markAsProcessed('-5');
  await store.enhanced.markAsProcessed('Ж');
  await store.enhanced.appendMessages('Ж', messages(10));
  await store.enhanced.deleteMessages('1', [1, 2]);
  await store.enhanced.markAsProcessed('1');
  await store.enhanced.deleteConversation('A b');
  await store.enhanced.createManualBackup();
  expect(await findings(store.path)).toEqual([]);
});

/** Puts a file beside the conversations, where the store keeps what it knows of them. */
async function putRecord({ path }: TempStore, name: string, content: string): Promise<void> {
  const record = join(path, '.tgstore', name);
  await mkdir(dirname(record), { recursive: true });
  await writeFile(record, content);
}

/** Findings that are about no conversation, or about none that is known. */
const WITHOUT_ID: readonly CheckCode[] = [
  'CHECK_FOREIGN_ENTRY',
  'CHECK_LEFTOVER_LOCK',
  'CHECK_TEMPORARY_FILE',
];

type Case = [CheckCode, 'error' | 'notice', RegExp, (store: TempStore) => Promise<unknown>];

/** The last line of an entry of a change log. */
const CLOSING =
  '{"revision":1,"revision_id":"x","size":1,"at":"2026-11-23T00:00:00Z","operation":"append","previous":null,"bytes":8}';

const CASES: Case[] = [
  [
    'CHECK_BOTH_NAMES',
    'error',
    /conversation 1 also stands in 1_(?:un)?processed\.json → run tgstore recover, which merges them/,
    (store) => store.put('1_processed.json', ours('1')),
  ],
  [
    'CHECK_CHANGES_DAMAGED',
    'error',
    /1\.jsonl: a line of the change log of conversation 1 can't be read.* → run tgstore recover/,
    (store) => putRecord(store, 'changes/1.jsonl', `no JSON\n${CLOSING}\n`),
  ],
  [
    'CHECK_FOREIGN_ENTRY',
    'notice',
    /notes\.txt: not part of the store → move it away/,
    (store) => store.put('notes.txt', ''),
  ],
  [
    'CHECK_FOREIGN_LAYOUT',
    'notice',
    /2_unprocessed\.json: valid, but not as tgstore writes it → nothing.*; tgstore migrate does it at once/,
    (store) => store.put('2_unprocessed.json', JSON.stringify(JSON.parse(ours('2')), null, 2)),
  ],
  [
    'CHECK_FOREIGN_LAYOUT',
    'notice',
    /2_unprocessed\.json: valid, but not as tgstore writes it/,
    (store) => store.put('2_unprocessed.json', ours('2').replace('"schema_version":1,', '')),
  ],
  [
    'CHECK_INTERRUPTED_APPEND',
    'error',
    /\.1\.undo: an append was interrupted → nothing: the next change takes it back/,
    (store) => store.put('.1.undo', ''),
  ],
  [
    'CHECK_LEFTOVER_LOCK',
    'notice',
    /1_unprocessed\.json\.lock: a lock file of the original module → nothing, it harms nobody/,
    (store) => store.put('1_unprocessed.json.lock', ''),
  ],
  [
    'CHECK_ORPHAN',
    'notice',
    /5\.json: of conversation 5, which is gone → run tgstore recover, which moves it away/,
    (store) => putRecord(store, 'state/5.json', '{}'),
  ],
  [
    'CHECK_ORPHAN',
    'notice',
    /5\.jsonl: of conversation 5, which is gone/,
    (store) => putRecord(store, 'changes/5.jsonl', ''),
  ],
  [
    'CHECK_ORPHAN',
    'notice',
    /B\.json: of no conversation/,
    (store) => putRecord(store, 'state/B.json', '{}'),
  ],
  [
    'CHECK_PERMISSIONS',
    'notice',
    /1_unprocessed\.json: others on this machine may read it \(mode 640\) → chmod 600 1_unprocessed\.json; tgstore recover does it/,
    (store) => chmod(join(store.path, '1_unprocessed.json'), 0o640),
  ],
  [
    'CHECK_RAW_NAME',
    'notice',
    /Ann Lee_processed\.json: named as the original module does → nothing: its next write names it ~41nn~20~4cee_processed\.json; tgstore migrate/,
    (store) => store.put('Ann Lee_processed.json', ours('Ann Lee')),
  ],
  [
    'CHECK_RAW_NAME',
    'error',
    /named as the original module does, and .* 240 bytes.* → give file and conversation_id a shorter id/,
    (store) => store.put(`${'A'.repeat(80)}_processed.json`, ours('A'.repeat(80))),
  ],
  [
    'CHECK_STATE_DAMAGED',
    'error',
    /1\.json: the state of conversation 1 can't be read: it will be processed again → run tgstore recover/,
    (store) => putRecord(store, 'state/1.json', '{"processed":'),
  ],
  [
    'CHECK_TEMPORARY_FILE',
    'notice',
    /\.tmp: a write is in progress, or was interrupted → nothing: the next write removes it/,
    (store) => store.put('.tgstore-00000000-0000001-0123456789.tmp', ''),
  ],
  [
    'CHECK_UNREADABLE',
    'error',
    /2_unprocessed\.json: .*2_unprocessed\.json: messages\.2: Unexpected token.* → tgstore recover saves what is whole; or put it back from a backup/,
    (store) => store.put('2_unprocessed.json', ours('2').replace('"text 2"', 'text 2')),
  ],
  [
    'CHECK_UNREADABLE',
    'error',
    /2_unprocessed\.json: .* is no regular file; move it away/,
    (store) => symlink('1_unprocessed.json', join(store.path, '2_unprocessed.json')),
  ],
  [
    'CHECK_WRONG_ID',
    'error',
    /2_unprocessed\.json: its metadata say conversation 3, its name says 2 → correct conversation_id/,
    (store) => store.put('2_unprocessed.json', ours('3')),
  ],
  [
    'CHECK_WRONG_METADATA',
    'error',
    /message_count is 4, but the messages say 3 → run tgstore recover, which counts anew/,
    (store) =>
      store.put('2_unprocessed.json', ours('2').replace('"message_count":3', '"message_count":4')),
  ],
  [
    'CHECK_WRONG_METADATA',
    'error',
    /last_message_id is 2, but the messages say 3/,
    (store) =>
      store.put(
        '2_unprocessed.json',
        ours('2').replace('"last_message_id":3', '"last_message_id":2'),
      ),
  ],
  [
    'CHECK_WRONG_METADATA',
    'error',
    /last_message_date is 2024-01-01T00:00:02Z, but the messages say 2024-01-01T00:00:03Z/,
    (store) =>
      store.put(
        '2_unprocessed.json',
        ours('2').replace(
          '"last_message_date":"2024-01-01T00:00:03Z"',
          '"last_message_date":"2024-01-01T00:00:02Z"',
        ),
      ),
  ],
];

test.each(CASES)('%s as %s where %s', async (code, severity, pattern, spoil) => {
  await using store = await tempStore({ problems: severity === 'error' ? [code] : [] });
  await store.put('1_unprocessed.json', ours('1'));
  await store.put('9_processed.json', ours('9'));
  await mkdir(join(store.path, '.tgstore'));
  expect(await findings(store.path)).toEqual([]);
  await spoil(store);
  const found = await findings(store.path);
  expect(found.map(told)).toEqual([expect.stringMatching(pattern)]);
  expect(found[0]).toMatchObject({ code, severity });
  const named = [WITHOUT_ID.includes(code), /of no conversation/.test(found[0]?.message ?? '')];
  expect(found[0]?.id !== undefined).toBe(!named.includes(true));
  if (code === 'CHECK_TEMPORARY_FILE') await rm(found[0]?.path ?? '');
});

test('every code is provoked above', () => {
  const codes: Record<CheckCode, true> = {
    CHECK_BOTH_NAMES: true,
    CHECK_CHANGES_DAMAGED: true,
    CHECK_FOREIGN_ENTRY: true,
    CHECK_FOREIGN_LAYOUT: true,
    CHECK_INTERRUPTED_APPEND: true,
    CHECK_LEFTOVER_LOCK: true,
    CHECK_ORPHAN: true,
    CHECK_PERMISSIONS: true,
    CHECK_RAW_NAME: true,
    CHECK_STATE_DAMAGED: true,
    CHECK_TEMPORARY_FILE: true,
    CHECK_UNREADABLE: true,
    CHECK_WRONG_ID: true,
    CHECK_WRONG_METADATA: true,
  };
  expect([...new Set(CASES.map(([code]) => code))]).toEqual(Object.keys(codes));
});

test('one bad file does not hide what is wrong with the others', async () => {
  await using store = await tempStore({
    problems: ['CHECK_UNREADABLE', 'CHECK_UNREADABLE', 'CHECK_WRONG_ID'],
  });
  await store.put('1_unprocessed.json', '');
  await store.put('2_unprocessed.json', ours('3'));
  await store.put('3_unprocessed.json', ours('3').slice(0, -30));
  await store.put('4_unprocessed.json', ours('4'));
  const found = (await findings(store.path)).map(({ code, path }) => `${code} ${basename(path)}`);
  expect(found).toEqual([
    'CHECK_UNREADABLE 1_unprocessed.json',
    'CHECK_WRONG_ID 2_unprocessed.json',
    'CHECK_UNREADABLE 3_unprocessed.json',
  ]);
});

test.each(['EACCES', 'EPERM', 'EIO'])(
  'a file that gives %s is a finding, not the end',
  async (code) => {
    await using store = await tempStore();
    for (const id of ['1', '2']) await store.put(`${id}_unprocessed.json`, ours(id));
    const fileSystem = watching(({ name, args }) => {
      if (name === 'open' && String(args[0]).endsWith('1_unprocessed.json'))
        throw systemError(code, 'open');
      return undefined;
    });
    const files = new FileManager({ storageDir: store.path, fileSystem });
    expect(await collect(files.check())).toMatchObject([
      { code: 'CHECK_UNREADABLE', message: `${code}: made to fail, open` },
    ]);
  },
);

test('a failure of the machine ends the check', async () => {
  await using store = await tempStore();
  await store.put('1_unprocessed.json', ours('1'));
  const fileSystem = watching(({ name }) => {
    if (name === 'open') throw systemError('EMFILE', 'open');
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  await expect(collect(files.check())).rejects.toThrow('EMFILE');
});

test('what is marked or deleted during the check is no problem, and is read where it is now', async () => {
  await using store = await tempStore();
  for (const id of ['1', '2', '3']) await store.put(`${id}_unprocessed.json`, ours(id));
  await store.put('3_unprocessed.json', ours('3').replace('"text 2"', 'text 2'));
  let isFirst = true;
  const fileSystem = watching(async ({ name }) => {
    if (name !== 'open' || !isFirst) return undefined;
    isFirst = false;
    await rm(join(store.path, '1_unprocessed.json'));
    for (const id of ['2', '3']) {
      await rename(
        join(store.path, `${id}_unprocessed.json`),
        join(store.path, `${id}_processed.json`),
      );
    }
    return undefined;
  });
  const files = new FileManager({ storageDir: store.path, fileSystem });
  const counts: [string, number][] = [];
  const onConversation = (event: { id: string; messages: number }) =>
    counts.push([event.id, event.messages]);
  const found = await collect(
    files.check({ onConversation: (event) => void onConversation(event) }),
  );
  expect(found.map(({ code, path }) => `${code} ${basename(path)}`)).toEqual([
    'CHECK_UNREADABLE 3_processed.json',
  ]);
  expect(counts).toEqual([
    ['1', 0],
    ['2', 3],
    ['3', 1],
  ]);
  await rm(join(store.path, '3_processed.json'));
});

test('a check ends between two conversations once its signal is aborted', async () => {
  await using store = await tempStore();
  for (const id of ['1', '2']) await store.put(`${id}_unprocessed.json`, ours(id));
  const abort = new AbortController();
  const reason = new Error('stop');
  const seen: string[] = [];
  const options = {
    signal: abort.signal,
    onConversation: ({ id }: { id: string }) => {
      seen.push(id);
      abort.abort(reason);
    },
  };
  await expect(collect(store.files.check(options))).rejects.toBe(reason);
  expect(seen).toEqual(['1']);
});

test('a store of the original has notices only', async () => {
  await using store = await tempStore();
  const original = {
    metadata: { id: 7, name: 'Ann', isGroup: false, last_updated: '2023-11-15 13:00:00' },
    messages: { 1: { id: 1, text: 'Hi', date: '2023-11-15T12:30:00' } },
  };
  await store.put('7_processed.json', original);
  await writeFile(
    join(store.path, 'Group 1_unprocessed.json'),
    JSON.stringify({ ...original, metadata: { id: 'Group 1' } }),
  );
  const found = await findings(store.path);
  expect(new Set(found.map(({ severity }) => severity))).toEqual(new Set(['notice']));
});
