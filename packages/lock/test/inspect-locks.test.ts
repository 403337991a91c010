import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FileSystemLock, inspectLocks } from '../src/index.ts';
import { describeProcess } from '../src/process-token.ts';
import { drawAs } from './support/draw-as.ts';
import { snapshot, ticketsIn } from './support/files.ts';
import { heldByAnother, lockPlace } from './support/lock-place.ts';
import { canMount, mountDisk } from './support/read-only.ts';
import { deadToken, foreignToken } from './support/tokens.ts';

describe('there is nothing to see', () => {
  test('where the lock directory is missing, and it is not made', async () => {
    await using place = await lockPlace();
    expect(await inspectLocks(place.locks)).toEqual([]);
    expect(await inspectLocks(join(place.path, 'missing', '.locks'))).toEqual([]);
    expect(await readdir(place.path)).toEqual([]);
  });

  test('where it is empty, or all locks were given back', async () => {
    await using place = await lockPlace();
    await mkdir(place.locks);
    expect(await inspectLocks(place.locks)).toEqual([]);
    expect(await readdir(place.locks)).toEqual([]);
    await (await FileSystemLock.acquire(place.file)).release();
    expect(await inspectLocks(place.locks)).toEqual([]);
  });

  test('in what does not belong to the locks', async () => {
    await using place = await lockPlace();
    await mkdir(join(place.locks, 'v2-00'), { recursive: true });
    await mkdir(join(place.locks, 'v1-xx'));
    await mkdir(join(place.locks, 'v1-00.0000000000000000.new'));
    await writeFile(join(place.locks, 'v1-00 copy'), '');
    expect(await inspectLocks(place.locks)).toEqual([]);
  });
});

test('each lock is told with all that is known of it', async () => {
  await using place = await lockPlace();
  const before = new Date().toISOString();
  await using lock = await FileSystemLock.acquire(place.file, { operation: 'import' });
  const [info, ...others] = await inspectLocks(place.locks);
  expect(others).toEqual([]);
  expect(info).toEqual({
    path: place.file,
    state: 'held',
    kind: 'exclusive',
    pid: process.pid,
    host: describeProcess().host,
    since: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    operation: 'import',
    liveness: 'alive',
    fencingNumber: lock.fencingNumber,
    owner: { ...describeProcess(), directory: expect.any(String), presence: expect.any(String) },
    ticket: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{16}$/),
  });
  expect((info?.since ?? '') >= before).toBe(true);
  expect((info?.since ?? '') <= new Date().toISOString()).toBe(true);
});

test('a lock without an operation says so', async () => {
  await using place = await lockPlace();
  await using _ = await FileSystemLock.acquire(place.file);
  const [info] = await inspectLocks(place.locks);
  expect(info).toHaveProperty('operation', undefined);
});

test('those of one path come in their order, with who holds and who waits', async () => {
  await using place = await lockPlace();
  const tickets: string[] = [];
  for (const kind of ['r', 'r', 'w', 'r', 'w']) {
    const { ticket } = await drawAs(deadToken(), place.file, { shared: kind === 'r' });
    tickets.push(ticket.id);
  }
  const infos = await inspectLocks(place.locks);
  expect(infos.map(({ ticket }) => ticket)).toEqual(tickets);
  expect(infos.map(({ kind, state }) => `${kind} ${state}`)).toEqual([
    'shared held',
    'shared held',
    'exclusive waiting',
    'shared waiting',
    'exclusive waiting',
  ]);
});

test('the paths come in order, whatever queues they stand in', async () => {
  await using place = await lockPlace();
  const paths = Array.from({ length: 30 }, (_, index) => join(place.path, `${index * 7919}.json`));
  for (const path of paths) await drawAs(foreignToken(), path);
  await drawAs(foreignToken(), paths[3] ?? '');
  const infos = await inspectLocks(place.locks);
  expect(infos.map(({ path }) => path)).toEqual([...paths, paths[3]].sort());
  expect(infos.filter(({ path }) => path === paths[3]).map(({ state }) => state)).toEqual([
    'held',
    'waiting',
  ]);
  expect(infos.filter(({ state }) => state === 'waiting')).toHaveLength(1);
});

test('what is proved of each process is told', async () => {
  await using place = await lockPlace();
  const owners = [deadToken(), foreignToken(), deadToken({ directory: '1' })];
  for (const [index, owner] of owners.entries()) await drawAs(owner, `${place.file}.${index}`);
  await using _ = await heldByAnother({ ...place, file: `${place.file}.3` });
  const infos = await inspectLocks(place.locks);
  expect(infos.map(({ liveness }) => liveness)).toEqual(['dead', 'unknown', 'dead', 'alive']);
  expect(infos.map(({ owner }) => owner).slice(0, 3)).toEqual(owners);
});

test('nothing is left of the look, and nothing is changed by it', async () => {
  await using place = await lockPlace();
  await (await FileSystemLock.acquire(place.file)).release();
  const dead = deadToken();
  for (let index = 0; index < 10; index += 1)
    await drawAs(dead, join(place.path, `chat${index % 5}.json`), { shared: index > 5 });
  const before = await snapshot(place.path);
  expect(await inspectLocks(place.locks)).toHaveLength(10);
  expect(await inspectLocks(place.locks)).toHaveLength(10);
  expect(await snapshot(place.path)).toEqual(before);
});

test.runIf(canMount)('a read-only disk can be looked at (needs root)', async () => {
  await using place = await lockPlace();
  const path = join(place.path, 'disk');
  await mkdir(path);
  using disk = mountDisk(path);
  await drawAs(deadToken(), join(path, 'chat.json'));
  disk.makeReadOnly();
  expect(await inspectLocks(join(path, '.locks'))).toMatchObject([
    { path: join(path, 'chat.json'), state: 'held', liveness: 'dead' },
  ]);
});

test('a damaged lock is told with its file', async () => {
  await using place = await lockPlace();
  await drawAs(deadToken(), place.file);
  const [name = ''] = await ticketsIn(place.locks);
  await drawAs(deadToken(), place.file);
  await writeFile(join(place.locks, name), '{}');
  await expect(inspectLocks(place.locks)).rejects.toMatchObject({
    code: 'LOCK_DAMAGED',
    path: join(place.locks, name),
  });
});

test('a directory that can not be looked at is told', async () => {
  await using place = await lockPlace();
  await writeFile(place.locks, 'a file');
  await expect(inspectLocks(place.locks)).rejects.toMatchObject({ code: 'ENOTDIR' });
});
