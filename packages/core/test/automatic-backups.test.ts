import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { AutomaticBackups } from '../src/automatic-backups.ts';
import { EnhancedFileManager } from '../src/index.ts';
import { openBackups } from '../src/open-backups.ts';
import { conversation, messages } from './support/conversations.ts';
import { tempStore } from './support/store.ts';

const HOUR_MS = 60 * 60 * 1000;
const PROCESSES = 5;

/** A store with one conversation, and a clock that the test sets. */
async function tempTimedStore() {
  const store = await tempStore();
  await store.files.saveConversation(conversation('1'));
  const clock = { now: Date.parse('2026-11-23T10:00:00Z') };
  const now = (): number => clock.now;
  const backups = openBackups({ storageDir: store.path, maxBackups: 2, now });
  const errors: unknown[] = [];
  const options = { storageDir: store.path, backups, now, onError: (e: unknown) => errors.push(e) };
  return {
    ...store,
    clock,
    backups,
    errors,
    automatic: new AutomaticBackups(options),
    /** Ids, newest first. */
    async list(): Promise<string[]> {
      return (await backups.listBackups()).backups.map(({ id }) => id);
    },
    /** As another process would, with nothing remembered. */
    fresh: () => new AutomaticBackups(options),
  };
}

test('the first change makes a backup, the next one when a day has passed and something changed', async () => {
  await using store = await tempTimedStore();
  const { automatic, clock, files } = store;
  await automatic.beforeChange();
  expect(await store.list()).toEqual(['20261123T100000Z']);
  clock.now += 23 * HOUR_MS;
  await files.saveConversation(conversation('1', messages(2)), { force: true });
  await automatic.beforeChange();
  expect(await store.list()).toHaveLength(1);
  clock.now += HOUR_MS;
  await automatic.beforeChange();
  expect(await store.list()).toEqual(['20261124T100000Z', '20261123T100000Z']);
  clock.now += 24 * HOUR_MS;
  await automatic.beforeChange();
  expect(await store.list()).toHaveLength(2);
  await files.markAsProcessed('1');
  clock.now += 24 * HOUR_MS;
  await automatic.beforeChange();
  // two are kept
  expect(await store.list()).toEqual(['20261126T100000Z', '20261124T100000Z']);
  expect(store.errors).toEqual([]);
});

test('when the clock was ahead and is set back, backups go on', async () => {
  await using store = await tempTimedStore();
  const { automatic, clock, files } = store;
  const present = clock.now;
  const change = async (): Promise<void> => {
    const { revision = 0 } = (await files.loadConversation('1')).metadata;
    const content = conversation('1', messages((revision ?? 0) + 1));
    await files.saveConversation(content, { force: true });
    await automatic.beforeChange();
    // it knows now when the next one is due
    await automatic.beforeChange();
  };
  clock.now = present + 10 * 365 * 24 * HOUR_MS;
  await change();
  clock.now = present;
  await change();
  expect((await store.list()).at(-1)).toBe('20261123T100000Z');
  clock.now = present + 25 * HOUR_MS;
  await change();
  expect(await store.list()).toContain('20261124T110000Z');
});

test('when the last one was made is recorded in the store, and known to every process', async () => {
  await using store = await tempTimedStore();
  const [one, other] = [store.fresh(), store.fresh()];
  await one.beforeChange();
  const file = join(store.path, '.tgstore', 'store.json');
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
    format_version: 1,
    last_automatic_backup: { id: '20261123T100000Z', at: '2026-11-23T10:00:00.000Z' },
  });
  await store.files.saveConversation(conversation('2'));
  store.clock.now += HOUR_MS;
  await other.beforeChange();
  expect(await store.list()).toHaveLength(1);
});

test('a backup that was removed is made again', async () => {
  await using store = await tempTimedStore();
  await store.automatic.beforeChange();
  const [backup] = (await store.backups.listBackups()).backups;
  await rm(backup?.path ?? '');
  store.clock.now += 25 * HOUR_MS;
  await store.automatic.beforeChange();
  expect(await store.list()).toEqual(['20261124T110000Z']);
});

test(`of ${PROCESSES} processes that find one due at once, one makes it`, async () => {
  await using store = await tempTimedStore();
  const children = Array.from({ length: PROCESSES }, () =>
    startTypeScript(new URL('support/back-up.ts', import.meta.url), { args: [store.path] }),
  );
  const ends = await Promise.all(children.map((child) => once(child, 'exit')));
  expect(ends.map(([status]) => status)).toEqual(children.map(() => 0));
  expect(await store.list()).toHaveLength(1);
});

test('a failure is reported, leaves the store as it is, and is tried again later', async () => {
  await using store = await tempTimedStore();
  // a file stands where the archives go
  const blocked = await store.put('blocked', 'no directory');
  const backups = openBackups({ storageDir: store.path, backupDir: blocked });
  const errors: unknown[] = [];
  const now = (): number => store.clock.now;
  const onError = (error: unknown): void => void errors.push(error);
  const automatic = new AutomaticBackups({ storageDir: store.path, backups, now, onError });
  await automatic.beforeChange();
  expect(errors).toMatchObject([{ code: expect.stringMatching(/^E(?:EXIST|NOTDIR)$/) }]);
  await automatic.beforeChange();
  expect(errors).toHaveLength(1);
  store.clock.now += 11 * 60 * 1000;
  await automatic.beforeChange();
  expect(errors).toHaveLength(2);
  expect((await store.files.loadConversation('1')).messages.size).toBe(1);
});

test('a store without conversations gets no backup, and nothing is made for one', async () => {
  await using store = await tempStore();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  const backups = openBackups({ storageDir: store.path });
  const automatic = new AutomaticBackups({ storageDir: store.path, backups, onError });
  await automatic.beforeChange();
  await expect(stat(store.path)).rejects.toThrow('ENOENT');
  await store.enhanced.saveConversation(conversation('1'));
  await store.enhanced.deleteConversation('1');
  await automatic.beforeChange();
  expect((await backups.listBackups()).backups).toEqual([]);
  await store.enhanced.saveConversation(conversation('2'));
  await automatic.beforeChange();
  expect((await backups.listBackups()).backups).toMatchObject([{ counts: { files: 1 } }]);
  expect(errors).toEqual([]);
});

test('a backup has what was there before the change that made it due', async () => {
  await using store = await tempStore();
  const manager = () =>
    new EnhancedFileManager({ storageDir: store.path, backupEnabled: true, maxBackups: 1 });
  await using first = manager();
  await first.saveConversation(conversation('1', messages(3)));
  expect((await first.listBackups()).backups).toEqual([]);
  // several at once wait for one backup
  await using second = manager();
  await Promise.all(
    ['1', '2', '3'].map((id) => second.mergeConversation(conversation(id, messages(5)))),
  );
  const { backups } = await second.listBackups();
  expect(backups).toMatchObject([{ counts: { files: 1, messages: 3 } }]);
  await second.restoreBackup(backups[0]?.id ?? '', { overwrite: true });
  expect((await store.files.loadConversation('1')).messages.size).toBe(3);
});
