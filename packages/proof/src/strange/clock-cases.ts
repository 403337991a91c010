// What becomes of a store when the clock is set: back by a year, forward by ten, to another time zone.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BackupManager } from '@tgstore/backup';
import { EnhancedFileManager } from '@tgstore/core';
import { withLock } from '@tgstore/lock';
import { runTypeScript, startTypeScript } from '@tgstore/testkit';
import { type Case, type Cases, caseRunner, Expectations } from './case.ts';
import { conversation, message, openStore } from './sample-store.ts';
import { HOUR, shiftClock, YEAR } from './shifted-clock.ts';

const CLIENT = new URL('clock-client.ts', import.meta.url);
const SHIFTS = [10 * YEAR, -YEAR];

const withClock =
  (work: (directory: string, expect: Expectations) => Promise<void>): Case =>
  async (directory) => {
    const expect = new Expectations();
    try {
      await work(directory, expect);
    } finally {
      shiftClock(0);
    }
    return expect.problems;
  };

async function ask(directory: string, shift: number, action: string): Promise<string> {
  return await runTypeScript(CLIENT, { args: [directory, String(shift), action] });
}

async function holder(directory: string, shift: number): Promise<ChildProcess> {
  const child = startTypeScript(CLIENT, { args: [directory, String(shift), 'hold'] });
  await once(child.stdout as NodeJS.ReadableStream, 'data');
  return child;
}

const CASES: Cases = {
  'a lock is not broken by another clock': withClock(async (directory, expect) => {
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 1));
    for (const shift of SHIFTS) {
      const options = { directory: join(directory, '.tgstore', 'locks') };
      await withLock(join(directory, 'a'), options, async () => {
        expect.same(`held, at ${shift}`, await ask(directory, shift, '5'), 'LOCK_TIMEOUT');
      });
    }
    const child = await holder(directory, 0);
    expect.same('in hand', await ask(directory, 10 * YEAR, '5'), 'added 1');
    child.kill('SIGKILL');
    await once(child, 'exit');
  }),
  'who has a conversation in hand keeps it': withClock(async (directory, expect) => {
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 1));
    const child = await holder(directory, 0);
    for (const shift of SHIFTS)
      expect.same(`at ${shift}`, await ask(directory, shift, 'process'), 'claimed');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect.same('after its death', await ask(directory, -YEAR, 'process'), 'processed');
  }),
  'backups keep their order, and some stay': withClock(async (directory, expect) => {
    await using store = openStore(join(directory, 'chats'));
    await store.saveConversation(conversation('a', 1));
    let count = 0;
    for (const shift of [0, 0, 10 * YEAR, 10 * YEAR, -YEAR, -YEAR, 0, 10 * YEAR, 0]) {
      shiftClock(shift);
      await store.appendMessages('a', [message(100 + count)]);
      const known = (await store.listBackups()).backups.map((backup) => backup.id);
      const { id } = await store.backups.createBackup();
      expect.true(`${id} is there already`, !known.includes(id));
      count += 1;
      const before = (await store.listBackups()).backups;
      await store.backups.pruneBackups({ keepLast: 2 });
      const { backups } = await store.listBackups();
      const real = (all: typeof backups) =>
        all.filter(({ createdAt }) => Date.parse(createdAt) <= Date.now() + 60_000);
      expect.true(`the newest at ${shift} is gone`, real(backups)[0]?.id === real(before)[0]?.id);
      expect.true(
        `${backups.length} stay at ${shift}`,
        real(backups).length >= Math.min(2, real(before).length),
      );
    }
    shiftClock(0);
    const { backups } = await store.listBackups();
    for (const { id } of backups) await store.backups.verifyBackup(id);
    const times = backups.map(({ createdAt }) => createdAt);
    expect.same('order', times, [...times].sort().reverse());
  }),
  'what failed in a wrong future is tried again': withClock(async (directory, expect) => {
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 1));
    const fail = (): never => {
      throw new Error('it fails');
    };
    for (const shift of SHIFTS) {
      shiftClock(shift);
      await store.processAllUnprocessed(fail, { retryFailed: true });
      shiftClock(0);
      const results = await store.processAllUnprocessed(fail);
      expect.same(`after ${shift}`, results.get('a')?.attempts, 1);
      // now it waits as long as it was told to
      const again = await store.processAllUnprocessed(fail, { maxAttempts: 50 });
      expect.same(`at once after ${shift}`, again.get('a')?.status, 'waiting');
    }
  }),
  'a processor that waits goes on when the clock is set back': withClock(
    async (directory, expect) => {
      await using store = openStore(directory);
      await store.saveConversation(conversation('a', 1));
      const stop = new AbortController();
      let calls = 0;
      await store.processAsTheyCome(
        () => {
          calls += 1;
          if (calls === 1) throw new Error('it fails');
          stop.abort();
        },
        {
          drainSignal: stop.signal,
          debounceMs: 1,
          backoff: () => 200,
          onResult: () => shiftClock(-YEAR),
        },
      );
      expect.same('calls', calls, 2);
    },
  ),
  'a processor that waits does not spin when the clock is set forward': withClock(
    async (directory, expect) => {
      await using store = openStore(directory);
      await store.saveConversation(conversation('a', 1));
      const stop = new AbortController();
      let calls = 0;
      await store.processAsTheyCome(
        () => {
          calls += 1;
          if (calls === 1) shiftClock(10 * YEAR);
          if (calls === 3) stop.abort();
          throw new Error('it fails');
        },
        { drainSignal: stop.signal, debounceMs: 1, backoff: () => 50 },
      );
      expect.same('calls', calls, 3);
    },
  ),
  'automatic backups go on': withClock(async (directory, expect) => {
    const options = {
      durability: 'relaxed',
      backupEnabled: true,
      backupFrequencyHours: 24,
      maxBackups: 50,
    } as const;
    await using store = new EnhancedFileManager({ storageDir: directory, ...options });
    await store.saveConversation(conversation('a', 1));
    let count = 0;
    for (const shift of [0, 10 * YEAR, -YEAR, -YEAR + 25 * HOUR, 0, 25 * HOUR]) {
      shiftClock(shift);
      await store.appendMessages('a', [message(200 + count)]);
      // it knows now when the next one is due
      await store.appendMessages('a', [message(300 + count)]);
      // what came before this change is in it
      const made = (await store.listBackups()).backups.length;
      expect.true(`no backup at ${shift / HOUR} h`, made > count);
      count = made;
    }
  }),
  'content does not depend on the clock': withClock(async (directory, expect) => {
    await using store = openStore(directory);
    shiftClock(10 * YEAR);
    await store.saveConversation(conversation('a', 1));
    await store.appendMessages('a', [
      { ...message(1), text: 'later', edit_date: '2024-02-01T00:00:00Z' },
    ]);
    shiftClock(-YEAR);
    await store.appendMessages('a', [
      message(2),
      { ...message(1), text: 'early', edit_date: '2024-01-15T00:00:00Z' },
    ]);
    const { messages, metadata } = await store.loadConversation('a');
    expect.same(
      'texts',
      [...messages.values()].map(({ text }) => text),
      ['later', 'text 2'],
    );
    expect.same('revision', metadata.revision, 3);
    await store.processAllUnprocessed(() => {});
    shiftClock(10 * YEAR);
    await store.appendMessages('a', [message(3)]);
    shiftClock(0);
    const results = await store.processAllUnprocessed((_, { changes }) => changes.added);
    expect.same('what came', results.get('a')?.value, [{ first: '3', last: '3' }]);
  }),
  'who watches sees what comes': withClock(async (directory, expect) => {
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 1));
    const seen: string[] = [];
    for await (const id of store.watchUnprocessed({ debounceMs: 1, rescanMs: 500 })) {
      seen.push(id);
      if (seen.length === 3) break;
      shiftClock(seen.length === 1 ? -YEAR : 10 * YEAR);
      await store.saveConversation(conversation(`b${seen.length}`, 1));
    }
    expect.same('seen', seen, ['a', 'b1', 'b2']);
  }),
  'the clock is set while an operation runs': withClock(async (directory, expect) => {
    await using store = openStore(join(directory, 'chats'));
    let ticks = 0;
    const timer = setInterval(() => shiftClock(SHIFTS[ticks++ % 2] ?? 0), 1);
    try {
      await store.saveConversation(conversation('a', 50));
      for (let id = 100; id < 110; id += 1) await store.appendMessages('a', [message(id)]);
      const { id } = await store.createManualBackup();
      await store.deleteMessages('a', [1]);
      await store.restoreBackup(id, { overwrite: true });
      await store.backups.pruneBackups({ keepLast: 1 });
    } finally {
      clearInterval(timer);
    }
    shiftClock(0);
    expect.same('messages', (await store.loadConversation('a')).messages.size, 60);
    expect.same(
      'processed',
      (await store.processAllUnprocessed(() => {})).get('a')?.status,
      'processed',
    );
  }),
  'time zones': withClock(async (directory, expect) => {
    const zone = process.env.TZ;
    try {
      await using store = openStore(join(directory, 'chats'));
      await store.saveConversation(conversation('a', 2));
      const before = await store.loadConversation('a');
      for (const TZ of [
        'Pacific/Apia',
        'America/New_York',
        'Asia/Kathmandu',
        'Pacific/Kiritimati',
      ]) {
        process.env.TZ = TZ;
        const backups = new BackupManager({
          storageDir: join(directory, 'chats'),
          backupDir: join(directory, TZ.replace('/', '-')),
          // when the clocks are set back in New York, one hour comes twice
          now: () => Date.UTC(2026, 10, 1, 5, 30),
        });
        const { id } = await backups.createBackup();
        expect.same(`the name in ${TZ}`, id.slice(0, 16), '20261101T053000Z');
        expect.same(
          `in ${TZ}`,
          [...(await store.loadConversation('a')).messages],
          [...before.messages],
        );
      }
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  }),
};

export const CLOCK_CASES = Object.keys(CASES);
/** @public Called in a process of its own. */
export const runCase = caseRunner(CASES);
