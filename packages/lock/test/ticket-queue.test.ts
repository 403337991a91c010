import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Ticket } from '../src/ticket.ts';
import { type QueueHost, TicketQueue } from '../src/ticket-queue.ts';
import { type DiskCall, disk } from './support/disk.ts';
import { filesIn } from './support/files.ts';
import { BOOT, FORMER_BOOT, queueHost } from './support/queue-host.ts';
import { ownToken } from './support/tokens.ts';
import { until } from './support/until.ts';

const A = { key: 'a', shared: false };
const B = { key: 'b', shared: false };

/** A directory for a queue, and processes that use it. */
async function tempQueue(): Promise<
  { path: string; open(overrides?: Partial<QueueHost>): TicketQueue } & AsyncDisposable
> {
  const dir = await tempDirectory();
  const path = join(dir.path, 'queue');
  return {
    path,
    open: (overrides) => new TicketQueue(path, queueHost(overrides)),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

const ids = (tickets: readonly { readonly id: string }[]): string[] => tickets.map(({ id }) => id);

/** Whether it is the turn of a ticket. */
async function isFirst(queue: TicketQueue, ticket: Ticket): Promise<boolean> {
  const spent = await Promise.all(ticket.after.map(({ id }) => queue.isSpent(id)));
  return spent.every(Boolean);
}

describe('order', () => {
  test('a ticket names those that stand before it, of all keys, and not those that were given back', async () => {
    await using dir = await tempQueue();
    const [one, two] = [dir.open(), dir.open()];
    const first = await one.draw(A);
    const second = await two.draw({ key: 'a', shared: true, operation: 'read' });
    const third = await one.draw(B);
    expect(first.after).toEqual([]);
    expect(second.after).toEqual([{ id: first.id, key: 'a', shared: false }]);
    expect(ids(third.after)).toEqual([first.id, second.id]);
    expect(second).toMatchObject({ key: 'a', shared: true, operation: 'read' });
    await two.spend(second.id);
    const fourth = await two.draw(A);
    expect(ids(fourth.after)).toEqual([first.id, third.id]);
    expect(ids(await one.list())).toEqual(ids([first, third, fourth]));
  });

  test('two processes that draw at the same time get one order', async () => {
    await using dir = await tempQueue();
    const queues = [dir.open(), dir.open(), dir.open()];
    const draws = Array.from({ length: 30 }, (_, index) => queues[index % 3]?.draw(A));
    const tickets = (await Promise.all(draws)).filter((ticket) => ticket !== undefined);
    tickets.sort((one, other) => one.number - other.number);
    for (const [index, ticket] of tickets.entries()) {
      expect(ids(ticket.after)).toEqual(ids(tickets.slice(0, index)));
    }
    expect(ids(await dir.open().list())).toEqual(ids(tickets));
  });

  test('a process draws its tickets in the order in which they are asked for', async () => {
    await using dir = await tempQueue();
    const queue = dir.open();
    const tickets = await Promise.all([queue.draw(A), queue.draw(B), queue.draw(A)]);
    expect(ids(tickets[2].after)).toEqual([tickets[0].id, tickets[1].id]);
  });

  test('numbers grow along the queue, also if the clock goes back, and from process to process', async () => {
    await using dir = await tempQueue();
    let time = Date.now();
    const numbers: number[] = [];
    for (const jump of [0, -3_600_000, 0, 3_600_000, 0, -7_200_000, -Date.now(), 1]) {
      time += jump;
      const { number, since } = await dir.open({ now: () => time }).draw(A);
      numbers.push(number);
      expect(since).toBe(new Date(time).toISOString());
    }
    expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
    expect(numbers.every(Number.isSafeInteger)).toBe(true);
  });

  test('numbers grow over a power cut that takes the last tickets back', async () => {
    await using dir = await tempQueue();
    const before = await dir.open().draw(A);
    await rm(dir.path, { recursive: true });
    const after = await dir.open({ now: () => Date.now() + 1 }).draw(A);
    expect(after.number).toBeGreaterThan(before.number);
  });

  test('a clock that jumps an hour while a lock is held leaves it held', async () => {
    await using dir = await tempQueue();
    let time = Date.now();
    const now = () => time;
    const holder = await dir.open({ now }).draw(A);
    for (const jump of [3_600_000, -7_200_000]) {
      time += jump;
      const queue = dir.open({ now });
      const waiter = await queue.draw(A);
      expect(ids(waiter.after)).toContain(holder.id);
      expect(await isFirst(queue, waiter)).toBe(false);
      await queue.spend(waiter.id);
    }
  });
});

describe('giving back', () => {
  test('touches one ticket only, whoever does it and however often', async () => {
    await using dir = await tempQueue();
    const [one, two] = [dir.open(), dir.open()];
    const first = await one.draw(A);
    const second = await two.draw(A);
    expect(await isFirst(two, second)).toBe(false);
    await Promise.all([one.spend(first.id), one.spend(first.id), two.spend(first.id)]);
    expect(await isFirst(two, second)).toBe(true);
    await one.spend(first.id);
    expect(ids(await one.list())).toEqual([second.id]);
    expect(one.isInPlace(first.id)).toBe(false);
    expect(one.isInPlace(second.id)).toBe(true);
    expect(await two.readIfHeld(second.id)).toEqual(second);
    expect(await two.readIfHeld(first.id)).toBeUndefined();
  });

  test('a ticket that is gone has no owner to be dead', async () => {
    await using dir = await tempQueue();
    const queue = dir.open({ isDead: async () => true });
    const { id } = await queue.draw(A);
    expect(await queue.isAbandoned(id)).toBe(true);
    await queue.spend(id);
    expect(await queue.isAbandoned(id)).toBe(false);
  });

  test('what is left behind does not grow with the number of tickets', async () => {
    await using dir = await tempQueue();
    for (let round = 0; round < 20; round += 1) {
      const queue = dir.open();
      for (let draw = 0; draw < 5; draw += 1) await queue.spend((await queue.draw(A)).id);
      expect(await filesIn(dir.path)).toEqual([
        expect.stringMatching(/^spent\./),
        expect.stringMatching(/^tail\./),
      ]);
    }
  });
});

describe('competition', () => {
  test('who stopped before the rename, while others went on, looks again and names the others', async () => {
    await using dir = await tempQueue();
    const others = dir.open();
    let isParked = false;
    const parked = dir.open({
      fileSystem: disk({
        async before({ text }) {
          if (isParked || !text.startsWith('rename tail')) return;
          isParked = true;
          // far more than anything that is kept
          for (let round = 0; round < 30; round += 1) await others.spend((await others.draw(A)).id);
          holder = await others.draw(A);
        },
      }),
    });
    let holder: Ticket | undefined;
    const ticket = await parked.draw(A);
    expect(isParked).toBe(true);
    expect(ids(ticket.after)).toEqual([holder?.id]);
    expect(ids(await others.list())).toEqual([holder?.id, ticket.id]);
    expect((await filesIn(dir.path)).filter((name) => /^ticket/.test(name))).toHaveLength(2);
  });

  test('who stopped between the proof of death and the spending of a ticket touches no later one', async () => {
    await using dir = await tempQueue();
    const others = dir.open();
    const dead = await others.draw(A);
    let holder: Ticket | undefined;
    const breaker = dir.open({
      isDead: async () => true,
      fileSystem: disk({
        async before({ text, args }) {
          if (!text.startsWith('rename ticket') || !String(args[0]).includes(dead.id)) return;
          await others.spend(dead.id);
          for (let round = 0; round < 30; round += 1) await others.spend((await others.draw(A)).id);
          holder = await others.draw(A);
        },
      }),
    });
    expect(await breaker.isAbandoned(dead.id)).toBe(true);
    await breaker.spend(dead.id);
    expect(holder).toBeDefined();
    expect(await others.list()).toEqual([holder]);
  });

  test('who lost it removes its ticket, also where the disk refuses that at first', async () => {
    await using dir = await tempQueue();
    const others = dir.open();
    let hasLost = false;
    const failUnlink = failOnce('unlink ticket', 'EIO');
    const fileSystem = disk({
      async before(call) {
        failUnlink(call);
        if (hasLost || !call.text.startsWith('rename tail')) return;
        hasLost = true;
        await others.draw(B);
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const ticket = await dir.open({ fileSystem }).draw(A);
    const tickets = async (): Promise<number> =>
      (await filesIn(dir.path)).filter((name) => name.startsWith('ticket')).length;
    expect(ticket.after).toHaveLength(1);
    expect(await tickets()).toBe(3);
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    await until(async () => (await tickets()) === 2);
  });

  test('goes behind the gate when three tries have failed, and waits longer from try to try', async () => {
    await using dir = await tempQueue();
    const others = dir.open();
    let losses = 5;
    const pauses: number[] = [];
    const gates: string[] = [];
    const queue = dir.open({
      fileSystem: disk({
        async before({ text }) {
          if (text.startsWith('rename tail') && losses > 0) {
            losses -= 1;
            await others.draw(B);
          }
        },
      }),
      pause: async (tries) => void pauses.push(tries),
      behindGate: async (directory, work) => {
        gates.push(directory);
        return await work();
      },
    });
    expect((await queue.draw(A)).after).toHaveLength(5);
    expect(pauses).toEqual([1, 2, 3, 4, 5]);
    expect(gates).toEqual([dir.path, dir.path, dir.path]);
  });

  test('a process that draws again does not read what it wrote itself', async () => {
    await using dir = await tempQueue();
    const calls: string[] = [];
    const queue = dir.open({ fileSystem: disk({ before: ({ text }) => calls.push(text) }) });
    await queue.spend((await queue.draw(A)).id);
    calls.length = 0;
    await queue.spend((await queue.draw(A)).id);
    expect(calls).toEqual([
      'create ticket.<id>',
      'rename tail.<number>.<id> tail.<number>.<id>',
      'unlink spent.<id>',
      'rename ticket.<id> spent.<id>',
    ]);
  });

  test('the ticket of a dead process for another key is given back on the way', async () => {
    await using dir = await tempQueue();
    const others = dir.open({ owner: () => ownToken({ pid: 7 }) });
    const [first, second] = [await others.draw(B), await others.draw(B)];
    const living = await dir.open().draw(A);
    const queue = dir.open({ isDead: async ({ pid }) => pid === 7 });
    expect(ids((await queue.draw(A)).after)).toEqual(ids([second, living]));
    expect(ids((await queue.draw(A)).after)).toContain(living.id);
    expect(await queue.isSpent(first.id)).toBe(true);
    expect(await queue.isSpent(second.id)).toBe(true);
  });

  test('the ticket of a living process for another key is left alone', async () => {
    await using dir = await tempQueue();
    const other = await dir.open().draw(B);
    expect(ids((await dir.open().draw(A)).after)).toEqual([other.id]);
    expect(await dir.open().isSpent(other.id)).toBe(false);
  });
});

describe('a disk that does not tell the truth', () => {
  const lies: [title: string, code: string][] = [
    ['fails', 'EIO'],
    ['finds nothing', 'ENOENT'],
  ];

  test.each(lies)(
    'a rename of the tail that says it %s and was done has drawn',
    async (_, code) => {
      await using dir = await tempQueue();
      const queue = dir.open({ fileSystem: disk({ after: failOnce('rename tail', code) }) });
      const ticket = await queue.draw(A);
      expect(ids(await dir.open().list())).toEqual([ticket.id]);
      expect(ids((await queue.draw(A)).after)).toEqual([ticket.id]);
    },
  );

  test('a rename of the tail that fails leaves nothing in the queue', async () => {
    await using dir = await tempQueue();
    const queue = dir.open({ fileSystem: disk({ before: failOnce('rename tail', 'EIO') }) });
    await expect(queue.draw(A)).rejects.toMatchObject({ code: 'EIO' });
    expect(await dir.open().list()).toEqual([]);
    expect((await queue.draw(A)).after).toEqual([]);
  });

  test('a rename of the tail that fails, and comes true later, names a ticket that is spent', async () => {
    await using dir = await tempQueue();
    let late = async (): Promise<void> => {};
    const queue = dir.open({
      fileSystem: disk({
        before({ text, args: [from, to] }) {
          if (!text.startsWith('rename tail')) return;
          late = () => rename(String(from), String(to));
          throw systemError('EIO');
        },
      }),
    });
    await expect(queue.draw(A)).rejects.toMatchObject({ code: 'EIO' });
    await late();
    expect(await dir.open().list()).toEqual([]);
    expect((await dir.open().draw(A)).after).toEqual([]);
  });

  test('a ticket is given back if its drawing fails and nobody can say whether it was done', async () => {
    await using dir = await tempQueue();
    let hasFailed = false;
    const fileSystem = disk({
      after: ({ text }) => {
        if (!text.startsWith('rename tail')) return;
        hasFailed = true;
        throw systemError('EIO');
      },
      before: ({ name }) => {
        if (hasFailed && name === 'list') throw systemError('EIO');
      },
    });
    await expect(dir.open({ fileSystem }).draw(A)).rejects.toMatchObject({ code: 'EIO' });
    // this process lives on: nobody else may ever give back what it drew
    expect(await dir.open().list()).toEqual([]);
  });

  test('a full disk leaves no half ticket', async () => {
    await using dir = await tempQueue();
    const fileSystem = disk({ after: failOnce('create ticket', 'ENOSPC') });
    const queue = dir.open({ fileSystem });
    await expect(queue.draw(A)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect((await filesIn(dir.path)).filter((name) => name.startsWith('ticket'))).toEqual([]);
    expect((await queue.draw(A)).after).toEqual([]);
  });

  test('a draw that failed does not stop the one behind it', async () => {
    await using dir = await tempQueue();
    const queue = dir.open({ fileSystem: disk({ before: failOnce('create ticket', 'EIO') }) });
    const [first, second] = await Promise.allSettled([queue.draw(A), queue.draw(A)]);
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'EIO' } });
    expect(second).toMatchObject({ status: 'fulfilled', value: { after: [] } });
  });

  test('a spent ticket that can not be removed is swept by the next process', async () => {
    await using dir = await tempQueue();
    const queue = dir.open({ fileSystem: disk({ before: failOnce('unlink spent', 'EIO') }) });
    for (let round = 0; round < 3; round += 1) await queue.spend((await queue.draw(A)).id);
    const spent = async () =>
      (await filesIn(dir.path)).filter((name) => name.startsWith('spent')).length;
    expect(await spent()).toBe(2);
    await dir.open().draw(A);
    expect(await spent()).toBe(0);
  });
});

describe('a directory that is gone', () => {
  test('is made anew for the next ticket, also by who had drawn in it before', async () => {
    await using dir = await tempQueue();
    const queue = dir.open();
    const lost = await queue.draw(A);
    await rm(dir.path, { recursive: true });
    expect(queue.isInPlace(lost.id)).toBe(false);
    await queue.spend(lost.id);
    expect((await queue.draw(A)).after).toEqual([]);
    expect(await dir.open().list()).toHaveLength(1);
  });

  test('asks for a new look at what is around it before it is read', async () => {
    await using dir = await tempQueue();
    let looks = 0;
    const queue = dir.open({
      refresh: async () => {
        looks += 1;
        if (looks > 2) await mkdir(join(dir.path, '..'), { recursive: true });
      },
    });
    await queue.draw(A);
    await rm(join(dir.path, '..'), { recursive: true });
    const before = looks;
    await queue.draw(A);
    expect(looks).toBeGreaterThan(before);
  });

  test('is made by one of many, and what the others made is removed', async () => {
    await using dir = await tempQueue();
    const queues = Array.from({ length: 5 }, () => dir.open());
    await Promise.all(queues.map((queue) => queue.draw(A)));
    expect(await readdir(join(dir.path, '..'))).toEqual(['queue']);
    expect(await dir.open().list()).toHaveLength(5);
  });

  test('is on the disk, with its tail, before it has its name', async () => {
    await using dir = await tempQueue();
    const calls: string[] = [];
    await dir.open({ fileSystem: disk({ before: ({ text }) => calls.push(text) }) }).draw(A);
    const first = calls.findIndex((call) => call.startsWith('makeDirectory'));
    expect(calls.slice(first, first + 4)).toEqual([
      expect.stringMatching(/^makeDirectory queue\..*\.new$/),
      expect.stringMatching(/^create tail\./),
      expect.stringMatching(/^sync queue\..*\.new$/),
      expect.stringMatching(/^rename queue\..*\.new queue$/),
    ]);
  });

  test('leaves nothing behind if it can not be made', async () => {
    await using dir = await tempQueue();
    for (const call of ['makeDirectory', 'create tail', 'sync', 'rename queue']) {
      const fileSystem = disk({ before: failOnce(call, 'ENOSPC') });
      await expect(dir.open({ fileSystem }).draw(A), call).rejects.toMatchObject({
        code: 'ENOSPC',
      });
      expect(await readdir(join(dir.path, '..')), call).toEqual([]);
    }
  });

  test('is used though the disk said that it could not be made', async () => {
    await using dir = await tempQueue();
    const queue = dir.open({ fileSystem: disk({ after: failOnce('rename queue', 'EIO') }) });
    await queue.draw(A);
    expect(await readdir(join(dir.path, '..'))).toEqual(['queue']);
    expect(await dir.open().list()).toHaveLength(1);
  });

  test('is reported with the code of the disk where that does not let it be made', async () => {
    await using dir = await tempQueue();
    const fileSystem = disk({ before: failOnce('rename queue', 'EACCES') });
    await expect(dir.open({ fileSystem }).draw(A)).rejects.toMatchObject({ code: 'EACCES' });
  });
});

describe('the sweep of a new process', () => {
  /** A ticket that was written and never drawn. */
  async function withOrphan(path: string, open: (host: Partial<QueueHost>) => TicketQueue) {
    const before = await filesIn(path);
    const crashed = open({
      owner: () => ownToken({ pid: 7 }),
      fileSystem: disk({ before: failAlways('rename', 'unlink') }),
    });
    await expect(crashed.draw(A)).rejects.toThrow();
    const [orphan = ''] = (await filesIn(path)).filter((name) => !before.includes(name));
    expect(orphan).toMatch(/^ticket/);
    return join(path, orphan);
  }

  test('removes what the dead wrote and did not draw', async () => {
    await using dir = await tempQueue();
    await dir.open().draw(A);
    const orphan = await withOrphan(dir.path, dir.open);
    await dir.open({ isDead: async ({ pid }) => pid === 7 }).draw(A);
    expect(await filesIn(dir.path)).not.toContain(orphan.slice(dir.path.length + 1));
    expect(await dir.open().list()).toHaveLength(2);
  });

  test('leaves what the living wrote and did not draw yet', async () => {
    await using dir = await tempQueue();
    await dir.open().draw(A);
    const orphan = await withOrphan(dir.path, dir.open);
    const text = await readFile(orphan, 'utf8');
    await dir.open().draw(A);
    expect(await readFile(orphan, 'utf8')).toBe(text);
  });

  test('leaves a ticket of the dead that was drawn: it must be seen to be spent', async () => {
    await using dir = await tempQueue();
    const dead = await dir.open({ owner: () => ownToken({ pid: 7 }) }).draw(A);
    const queue = dir.open({ isDead: async ({ pid }) => pid === 7 });
    expect(ids((await queue.draw(A)).after)).toEqual([dead.id]);
    expect(await queue.isSpent(dead.id)).toBe(false);
  });

  test('leaves a ticket that is drawn between its look at the owner and its look at the queue', async () => {
    await using dir = await tempQueue();
    const owner = dir.open({ owner: () => ownToken({ pid: 7 }) });
    let drawn: Ticket | undefined;
    const sweeping = dir.open({
      // he died right after he drew
      isDead: async ({ pid }) => pid === 7,
      fileSystem: disk({
        async after({ name }) {
          if (name !== 'list' || drawn) return;
          drawn = await owner.draw(A);
        },
      }),
    });
    await dir.open().draw(B);
    const ticket = await sweeping.draw(A);
    expect(ids(ticket.after)).toContain(drawn?.id);
  });

  test('removes spent tickets that nobody reads, and leaves the last one', async () => {
    await using dir = await tempQueue();
    const queue = dir.open();
    const last = await queue.draw(A);
    await queue.spend(last.id);
    const stray = `spent.${BOOT}-00000000000000ff`;
    await writeFile(join(dir.path, stray), 'anything');
    const names: string[][] = [];
    const fileSystem = disk({
      before: async ({ text }) => {
        if (text.startsWith('create ticket')) names.push(await filesIn(dir.path));
      },
    });
    await dir.open({ fileSystem }).draw(A);
    expect(names).toEqual([[`spent.${last.id}`, expect.stringMatching(/^tail/)]]);
  });

  test('leaves what it does not know', async () => {
    await using dir = await tempQueue();
    await dir.open().draw(A);
    const unknown = ['gate', 'notes.txt', 'spent.old', 'ticket.old', 'ticket', 'xticket.a'];
    for (const name of unknown) await writeFile(join(dir.path, name), '');
    await dir.open({ isDead: async () => true }).draw(A);
    expect(await filesIn(dir.path)).toEqual(expect.arrayContaining(unknown));
  });

  test('is made once by a process', async () => {
    await using dir = await tempQueue();
    let lists = 0;
    const fileSystem = disk({
      before: ({ name }) => {
        if (name === 'list') lists += 1;
      },
    });
    const queue = dir.open({ fileSystem });
    await queue.draw(A);
    lists = 0;
    await queue.draw(A);
    expect(lists).toBe(0);
  });
});

describe('a damaged queue', () => {
  const DAMAGES: [title: string, damage: (path: string) => Promise<void>][] = [
    ['is empty', (path) => writeFile(path, '')],
    [
      'was cut short',
      async (path) => {
        const text = await readFile(path, 'utf8').catch(() => '{"id":"x"}');
        await writeFile(path, text.slice(0, text.length / 2));
      },
    ],
    ['is garbage', (path) => writeFile(path, Buffer.from([0, 255, 254, 7]))],
    ['is JSON of something else', (path) => writeFile(path, '{"locked":true}')],
    [
      'is a directory',
      async (path) => {
        await rm(path, { force: true });
        await mkdir(path);
      },
    ],
    [
      'is a link to a whole one',
      async (path) => {
        await rename(path, `${path}.moved`);
        await symlink(`${path}.moved`, path);
      },
    ],
    [
      'is a link to nothing',
      async (path) => {
        await rm(path, { force: true });
        await symlink('nothing', path);
      },
    ],
    [
      'is a pipe',
      async (path) => {
        await rm(path, { force: true });
        execFileSync('mkfifo', [path]);
      },
    ],
  ];

  describe.skipIf(process.platform === 'win32').each(DAMAGES)(
    'whose last ticket %s',
    (_, damage) => {
      test.each(['ticket', 'spent'])(
        'is refused with the directory and the remedy (a %s file)',
        async (kind) => {
          await using dir = await tempQueue();
          const queue = dir.open();
          const { id } = await queue.draw(A);
          if (kind === 'spent') await queue.spend(id);
          await damage(join(dir.path, `${kind}.${id}`));
          const expected = {
            name: 'LockError',
            code: 'LOCK_DAMAGED',
            path: dir.path,
            message: expect.stringMatching(new RegExp(`${id}.*remove that directory`)),
          };
          await expect(dir.open().list()).rejects.toMatchObject(expected);
          await expect(dir.open().draw(A)).rejects.toMatchObject(expected);
        },
      );

      test.each(['ticket', 'spent'])('names nobody after a power cut (a %s file)', async (kind) => {
        await using dir = await tempQueue();
        const former = dir.open({ bootTag: () => FORMER_BOOT });
        const { id, number } = await former.draw(A);
        if (kind === 'spent') await former.spend(id);
        await damage(join(dir.path, `${kind}.${id}`));
        expect(await dir.open().list()).toEqual([]);
        const ticket = await dir.open().draw(A);
        expect(ticket.after).toEqual([]);
        expect(ticket.number).toBeGreaterThan(number);
        expect(ids(await dir.open().list())).toEqual([ticket.id]);
      });
    },
  );

  describe.skipIf(process.platform === 'win32').each(DAMAGES)(
    'in which an earlier ticket %s',
    (_, damage) => {
      test('names that file and the remedy, which works, and nobody takes it for dead', async () => {
        await using dir = await tempQueue();
        const queue = dir.open();
        const [first, second] = [await queue.draw(A), await queue.draw(A)];
        const path = join(dir.path, `ticket.${first.id}`);
        await damage(path);
        const other = dir.open({ isDead: async () => true });
        await expect(other.list()).rejects.toMatchObject({
          code: 'LOCK_DAMAGED',
          path,
          message: expect.stringMatching(/^.*can't be read; remove it once/),
        });
        await expect(other.readIfHeld(first.id)).rejects.toMatchObject({ path });
        expect(await other.isAbandoned(first.id)).toBe(false);
        const waiter = await other.draw(A);
        expect(ids(waiter.after)).toEqual(ids([first, second]));
        await rm(path, { recursive: true });
        expect(ids(await other.list())).toEqual(ids([second, waiter]));
      });

      test('takes it for abandoned after a power cut, and can spend it', async () => {
        await using dir = await tempQueue();
        const former = await dir.open({ bootTag: () => FORMER_BOOT }).draw(A);
        const queue = dir.open();
        const waiter = await queue.draw(A);
        await damage(join(dir.path, `ticket.${former.id}`));
        expect(await queue.readIfHeld(former.id)).toBeUndefined();
        expect(ids(await queue.list())).toEqual([waiter.id]);
        expect(await queue.isAbandoned(former.id)).toBe(true);
        await queue.spend(former.id);
        expect(await isFirst(queue, waiter)).toBe(true);
      });
    },
  );

  test('a last ticket that is missing is waited for, and refused when it does not come', async () => {
    await using dir = await tempQueue();
    const { id } = await dir.open().draw(A);
    await rm(join(dir.path, `ticket.${id}`));
    const pauses: number[] = [];
    const queue = dir.open({ pause: async (tries) => void pauses.push(tries) });
    await expect(queue.list()).rejects.toMatchObject({ code: 'LOCK_DAMAGED', path: dir.path });
    expect(pauses.length).toBeGreaterThan(10);
  });

  test('a last ticket that comes while it is waited for is read', async () => {
    await using dir = await tempQueue();
    const { id } = await dir.open().draw(A);
    const path = join(dir.path, `ticket.${id}`);
    await rename(path, `${path}.away`);
    const pause = async (tries: number): Promise<void> => {
      if (tries === 5) await rename(`${path}.away`, path);
    };
    expect(ids(await dir.open({ pause }).list())).toEqual([id]);
  });

  test('a last ticket of a former boot that is missing names nobody, but is waited for first', async () => {
    await using dir = await tempQueue();
    const { id } = await dir.open({ bootTag: () => FORMER_BOOT }).draw(A);
    await rm(join(dir.path, `ticket.${id}`));
    const pauses: number[] = [];
    const queue = dir.open({ pause: async (tries) => void pauses.push(tries) });
    expect(await queue.list()).toEqual([]);
    expect(pauses.length).toBeGreaterThan(5);
    expect((await dir.open().draw(A)).after).toEqual([]);
  });

  test('without a tail it is refused with the remedy, and a tail that comes late is seen', async () => {
    await using dir = await tempQueue();
    const { id, number } = await dir.open().draw(A);
    const tail = join(dir.path, `tail.${number}.${id}`);
    await rename(tail, join(dir.path, 'away'));
    await expect(dir.open().list()).rejects.toMatchObject({
      code: 'LOCK_DAMAGED',
      path: dir.path,
      message: expect.stringContaining('names no last ticket'),
    });
    const pause = async (tries: number): Promise<void> => {
      if (tries === 5) await rename(join(dir.path, 'away'), tail);
    };
    expect(ids(await dir.open({ pause }).list())).toEqual([id]);
  });

  test('of two tails, as a power cut leaves them on FAT, the later one counts', async () => {
    await using dir = await tempQueue();
    const first = await dir.open().draw(A);
    const second = await dir.open().draw(A);
    await writeFile(join(dir.path, `tail.${first.number}.${first.id}`), '');
    await writeFile(join(dir.path, `tail.9.${first.id}`), '');
    expect(ids(await dir.open().list())).toEqual(ids([first, second]));
    expect(ids((await dir.open().draw(A)).after)).toEqual(ids([first, second]));
  });

  test('names that are no tails are not read as such', async () => {
    await using dir = await tempQueue();
    const { id, number } = await dir.open().draw(A);
    for (const name of [
      `tail.${number}9`,
      `tail.x.${id}`,
      `tail.-1.${id}`,
      `atail.${number}9.${id}`,
    ])
      await writeFile(join(dir.path, name), '');
    expect(ids(await dir.open().list())).toEqual([id]);
  });

  test('an error of the disk is not taken for damage', async () => {
    await using dir = await tempQueue();
    await dir.open().draw(A);
    for (const code of ['EIO', 'EMFILE', 'EACCES']) {
      const fileSystem = disk({ before: failOnce('read', code) });
      await expect(dir.open({ fileSystem }).list()).rejects.toMatchObject({ code });
    }
  });

  test('a ticket whose owner would be asked outside of the lock directory is refused', async () => {
    await using dir = await tempQueue();
    const owner = ownToken({ presence: '../../../etc/passwd' });
    const { id } = await dir.open({ owner: () => owner }).draw(A);
    const asked: unknown[] = [];
    const queue = dir.open({ isDead: async (token) => asked.push(token) > 0 });
    await expect(queue.list()).rejects.toMatchObject({ code: 'LOCK_DAMAGED' });
    expect(await queue.isAbandoned(id)).toBe(false);
    expect(asked).toEqual([]);
  });
});

/** Fails the first call whose text begins so. */
function failOnce(text: string, code: string): (call: DiskCall) => void {
  let isOver = false;
  return (call) => {
    if (isOver || !call.text.startsWith(text)) return;
    isOver = true;
    throw systemError(code, call.name);
  };
}

function failAlways(...names: string[]): (call: DiskCall) => void {
  return ({ name }) => {
    if (names.includes(name)) throw systemError('EIO', name);
  };
}
