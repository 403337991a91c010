import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { atomicWrite, isTemporaryName, openTemporary, syncDirectory } from '../src/index.ts';
import { codesOf, leftOvers, watched } from './support/watched.ts';

test('a staged file can be read under its temporary path, and is published later', async () => {
  await using dir = await tempDirectory();
  const target = join(dir.path, 'chat.json');
  const { fileSystem, calls, openHandles } = watched();
  const file = await openTemporary(dir.path, { fileSystem });
  expect(isTemporaryName(basename(file.path))).toBe(true);
  await file.write('{"größe":');
  await file.write(new TextEncoder().encode('1}'));
  expect(file.bytesWritten).toBe(13);
  await file.finish();
  await file.finish();
  expect(await readFile(file.path, 'utf8')).toBe('{"größe":1}');
  expect(openHandles()).toBe(0);

  const before = calls.length;
  await file.publish(target);
  expect(calls.slice(before)).toEqual([
    'rename <temporary> chat.json',
    `open ${basename(dir.path)} r`,
    'handle.sync',
    'handle.close',
  ]);
  expect(await readFile(target, 'utf8')).toBe('{"größe":1}');
  await file.discard();
  expect(await readdir(dir.path)).toEqual(['chat.json']);
});

test('a thousand staged files need no descriptors, and one sync of the directory publishes them', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls, openHandles } = watched();
  const files = [];
  for (let index = 0; index < 1_000; index++) {
    const file = await openTemporary(dir.path, { fileSystem, durability: 'relaxed' });
    await file.write(`content of ${index}`);
    await file.finish();
    files.push(file);
  }
  expect(openHandles()).toBe(0);
  for (const [index, file] of files.entries()) {
    await file.publish(join(dir.path, `${index}.json`), { durability: 'relaxed' });
  }
  await syncDirectory(dir.path, { fileSystem });
  expect(calls.filter((call) => call === 'handle.sync')).toHaveLength(1);
  expect(await readdir(dir.path)).toHaveLength(1_000);
  expect(await readFile(join(dir.path, '999.json'), 'utf8')).toBe('content of 999');
});

test('relaxed in publish leaves out the sync of the directory, not that of the content', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls } = watched();
  await using file = await openTemporary(dir.path, { fileSystem });
  await file.write('x');
  await file.publish(join(dir.path, 'a'), { durability: 'relaxed' });
  expect(calls.filter((call) => call === 'handle.sync')).toHaveLength(1);
  expect(calls.indexOf('handle.sync')).toBeLessThan(calls.indexOf('rename <temporary> a'));
});

test('what is not published goes away with its scope', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, openHandles } = watched();
  for (const finished of [false, true]) {
    await using file = await openTemporary(dir.path, { fileSystem });
    await file.write('x');
    if (finished) await file.finish();
  }
  expect(await readdir(dir.path)).toEqual([]);
  expect(openHandles()).toBe(0);
});

test('discard is idempotent, and after it the file is of no use', async () => {
  await using dir = await tempDirectory();
  const file = await openTemporary(dir.path);
  await file.discard();
  await file.discard();
  await expect(file.write('x')).rejects.toBeInstanceOf(TypeError);
  await expect(file.finish()).rejects.toBeInstanceOf(TypeError);
  await expect(file.publish(join(dir.path, 'a'))).rejects.toBeInstanceOf(TypeError);
  expect(await readdir(dir.path)).toEqual([]);
});

test('nothing can be written after finish, nor be published twice', async () => {
  await using dir = await tempDirectory();
  await using file = await openTemporary(dir.path);
  await file.finish();
  await expect(file.write('x')).rejects.toThrow(TypeError);
  await file.publish(join(dir.path, 'a'));
  await expect(file.publish(join(dir.path, 'b'))).rejects.toThrow(TypeError);
  await expect(file.finish()).rejects.toThrow(TypeError);
  await expect(file.write(7 as never)).rejects.toThrow(TypeError);
  expect(await readdir(dir.path)).toEqual(['a']);
});

test('after a failed write, sync, size check or close it can never be published', async () => {
  for (const name of ['write', 'stat', 'sync', 'close'].map((call) => `handle.${call}`)) {
    await using dir = await tempDirectory();
    const target = join(dir.path, 'chat.json');
    await atomicWrite(target, 'old');
    let failures = 0;
    const { fileSystem, calls, openHandles } = watched((call) => {
      if (call.name !== name || failures > 0) return undefined;
      failures += 1;
      throw systemError('EIO', name);
    });
    const file = await openTemporary(dir.path, { fileSystem });
    await file.write('x'.repeat(300_000)).catch(() => {});
    await expect(file.publish(target)).rejects.toThrow(name);
    await expect(file.publish(target)).rejects.toThrow(name);
    await expect(file.finish()).rejects.toThrow(name);
    await expect(file.write('y')).rejects.toThrow(name);
    expect(calls.filter((call) => call === 'handle.sync').length).toBeLessThan(2);
    await file.discard();
    expect(openHandles()).toBe(0);
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(dir.path)).toEqual(['chat.json']);
  }
});

test('where publishing fails it can be published elsewhere', async () => {
  await using dir = await tempDirectory();
  await atomicWrite(join(dir.path, 'taken'), 'old');
  await mkdir(join(dir.path, 'other'));
  await using file = await openTemporary(dir.path);
  await file.write('new');
  const taken = file.publish(join(dir.path, 'taken'), { exclusive: true });
  await expect(taken).rejects.toMatchObject({ code: 'EEXIST' });
  await file.publish(join(dir.path, 'other', 'free'), { exclusive: true });
  expect(await readFile(join(dir.path, 'taken'), 'utf8')).toBe('old');
  expect(await readFile(join(dir.path, 'other', 'free'), 'utf8')).toBe('new');
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('publishing into another directory syncs that one', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'other'));
  const { fileSystem, calls } = watched();
  await using file = await openTemporary(dir.path, { fileSystem });
  await file.publish(join(dir.path, 'other', 'a'));
  expect(calls).toContain('open other r');
});

test('a temporary name that could not be removed after the link is told, and removed by discard', async () => {
  await using dir = await tempDirectory();
  const target = join(dir.path, 'a');
  let failures = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === 'unlink' && failures++ === 0) throw systemError('EIO');
    return undefined;
  });
  const file = await openTemporary(dir.path, { fileSystem });
  await file.write('new');
  const error = await file.publish(target, { exclusive: true }).catch((thrown) => thrown);
  expect(codesOf(error)).toEqual(['FS_UNCONFIRMED', 'EIO']);
  expect(await readFile(target, 'utf8')).toBe('new');
  await file.discard();
  expect(await leftOvers(dir.path)).toEqual([]);
  expect((await stat(target)).nlink).toBe(1);
});

test('a call while another one runs is refused, and discard waits for it', async () => {
  await using dir = await tempDirectory();
  let ended = false;
  const { fileSystem, calls, inOrder } = watched(({ name }) =>
    name === 'handle.write'
      ? async () => {
          await new Promise((resolve) => setTimeout(resolve, 30));
          ended = true;
          throw systemError('ENOSPC');
        }
      : undefined,
  );
  const file = await openTemporary(dir.path, { fileSystem });
  const writing = file.write('x'.repeat(300_000));
  writing.catch(() => {});
  await expect(file.write('y')).rejects.toThrow(TypeError);
  await expect(file.publish(join(dir.path, 'a'))).rejects.toThrow(TypeError);
  await file.discard();
  expect(ended).toBe(true);
  expect(inOrder()).toBe(true);
  expect(calls.at(-1)).toBe('unlink <temporary>');
  await expect(writing).rejects.toThrow('ENOSPC');
  expect(await readdir(dir.path)).toEqual([]);
});
