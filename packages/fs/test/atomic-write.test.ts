import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { atomicWrite } from '../src/index.ts';
import { codesOf, leftOvers, watched } from './support/watched.ts';

const MIB = 1024 * 1024;

test('atomicWrite makes a file and replaces it', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'old');
  await atomicWrite(path, 'new, größer 😀');
  expect(await readFile(path, 'utf8')).toBe('new, größer 😀');
  expect(await readdir(dir.path)).toEqual(['chat.json']);
});

test('atomicWrite takes text, bytes, iterables and async iterables of both', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  async function* slowly() {
    yield 'a\ud83d';
    yield '\ude00b';
    yield new TextEncoder().encode('é');
  }
  for (const data of [new TextEncoder().encode('a😀bé'), ['a😀', Buffer.from('bé')], slowly()]) {
    await atomicWrite(path, 'other');
    await atomicWrite(path, data);
    expect(await readFile(path, 'utf8')).toBe('a😀bé');
  }
  for (const nothing of ['', new Uint8Array(0), []]) {
    await atomicWrite(path, nothing);
    expect(await readFile(path, 'utf8')).toBe('');
  }
});

test('atomicWrite makes its calls in the one order that is safe, each after the one before', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls, inOrder, openHandles } = watched();
  await atomicWrite(join(dir.path, 'chat.json'), 'x'.repeat(600 * 1024), { fileSystem });
  expect(calls).toEqual([
    'open <temporary> wx',
    'handle.write',
    'handle.write',
    'handle.write',
    'handle.stat',
    'handle.sync',
    'handle.close',
    'rename <temporary> chat.json',
    `open ${basename(dir.path)} r`,
    'handle.sync',
    'handle.close',
  ]);
  expect(inOrder()).toBe(true);
  expect(openHandles()).toBe(0);
});

test('exclusive links, removes the temporary name, then syncs the directory', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls, inOrder } = watched();
  await atomicWrite(join(dir.path, 'chat.json'), 'x', { fileSystem, exclusive: true });
  expect(calls).toEqual([
    'open <temporary> wx',
    'handle.write',
    'handle.stat',
    'handle.sync',
    'handle.close',
    'link <temporary> chat.json',
    'unlink <temporary>',
    `open ${basename(dir.path)} r`,
    'handle.sync',
    'handle.close',
  ]);
  expect(inOrder()).toBe(true);
});

test('relaxed makes no sync calls', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const { fileSystem, calls } = watched();
  await atomicWrite(path, 'a', { fileSystem, durability: 'relaxed' });
  await atomicWrite(`${path}2`, 'b', { fileSystem, durability: 'relaxed', exclusive: true });
  expect(calls.filter((call) => call.includes('sync') || call.endsWith(' r'))).toEqual([]);
  expect(calls).toContain('rename <temporary> chat.json');
});

test('the mode is exact whatever the umask, and set before the sync', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const before = process.umask();
  try {
    for (const umask of [0o000, 0o077, 0o777]) {
      for (const mode of [undefined, 0o600, 0o640, 0o666]) {
        process.umask(umask);
        const { fileSystem, calls } = watched();
        await atomicWrite(path, 'x', { mode, fileSystem });
        process.umask(before);
        expect((await stat(path)).mode & 0o7777).toBe(mode ?? 0o600);
        const chmod = calls.indexOf('handle.chmod');
        expect(chmod).toBeLessThan(calls.indexOf('handle.sync'));
        expect(chmod >= 0).toBe(((mode ?? 0o600) & umask) !== 0);
      }
    }
  } finally {
    process.umask(before);
  }
});

test('a file system without modes is written to all the same', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const refuse = (code: string) =>
    watched(({ name }) => {
      if (name === 'handle.stat') return async (real) => ({ ...(await real()), mode: 0o100777 });
      if (name === 'handle.chmod') throw systemError(code);
      return undefined;
    });
  await atomicWrite(path, 'x', { fileSystem: refuse('EPERM').fileSystem });
  expect(await readFile(path, 'utf8')).toBe('x');
  const failed = atomicWrite(path, 'y', { fileSystem: refuse('EIO').fileSystem });
  await expect(failed).rejects.toMatchObject({ code: 'EIO' });
  expect(await readFile(path, 'utf8')).toBe('x');
});

test('short writes of one byte give the whole file', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const { fileSystem, calls } = watched(({ name, args }) =>
    name === 'handle.write' ? (write) => write(args[0], args[1], 1, args[3]) : undefined,
  );
  const text = 'Ünïcode 😀 '.repeat(50);
  await atomicWrite(path, [text, Buffer.from(text), text], { fileSystem });
  expect(await readFile(path, 'utf8')).toBe(text.repeat(3));
  expect(calls.filter((call) => call === 'handle.write')).toHaveLength(Buffer.byteLength(text) * 3);
});

test('a write that takes nothing, or says it took too much, is an error and no loop', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'old');
  for (const bytesWritten of [0, -1, 4, Number.NaN]) {
    const { fileSystem, calls } = watched(({ name }) =>
      name === 'handle.write' ? { result: { bytesWritten } } : undefined,
    );
    const failed = atomicWrite(path, 'new', { fileSystem });
    await expect(failed).rejects.toMatchObject({ name: 'FsError', code: 'FS_SHORT_WRITE' });
    expect(calls.filter((call) => call === 'handle.write')).toHaveLength(1);
  }
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('a file of another size than was written is not published', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'old');
  const { fileSystem } = watched(({ name, args }) =>
    // Says that all is written, and writes less
    name === 'handle.write'
      ? async (write) => {
          await write(args[0], args[1], 1, args[3]);
          return { bytesWritten: args[2] };
        }
      : undefined,
  );
  const failed = atomicWrite(path, 'new', { fileSystem });
  await expect(failed).rejects.toMatchObject({
    code: 'FS_SIZE_MISMATCH',
    path: expect.stringContaining(dir.path),
  });
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('a failed sync is not tried again', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls } = watched(({ name }) => {
    if (name === 'handle.sync') throw systemError('EIO');
    return undefined;
  });
  await expect(atomicWrite(join(dir.path, 'a'), 'x', { fileSystem })).rejects.toThrow('EIO');
  expect(calls.filter((call) => call === 'handle.sync')).toHaveLength(1);
  expect(await readdir(dir.path)).toEqual([]);
});

test('a failed sync of the directory says that the file is there', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const { fileSystem } = watched(({ name, args }) => {
    if (name === 'open' && args[1] === 'r') throw systemError('EMFILE');
    return undefined;
  });
  const error = await atomicWrite(path, 'new', { fileSystem }).catch((thrown) => thrown);
  expect(error).toMatchObject({ code: 'FS_UNCONFIRMED', path, cause: { code: 'EMFILE' } });
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('no error is lost when cleaning up fails too, and a temporary file that is gone is none', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const cleaning = (unlinkCode: string) =>
    watched(({ name }) => {
      if (name === 'handle.write') throw systemError('ENOSPC');
      if (name === 'handle.close') throw systemError('EIO');
      if (name === 'unlink') throw systemError(unlinkCode);
      return undefined;
    });
  const all = await atomicWrite(path, 'x', cleaning('EROFS')).catch((thrown) => thrown);
  expect(all).toBeInstanceOf(AggregateError);
  expect(codesOf(all)).toEqual(['ENOSPC', 'EIO', 'EROFS']);
  expect(all.message).toContain('ENOSPC');
  const two = await atomicWrite(path, 'x', cleaning('ENOENT')).catch((thrown) => thrown);
  expect(codesOf(two)).toEqual(['ENOSPC', 'EIO']);
});

test('exclusive never replaces', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'first', { exclusive: true });
  const second = atomicWrite(path, 'second', { exclusive: true });
  await expect(second).rejects.toMatchObject({ code: 'EEXIST', syscall: 'link' });
  expect(await readFile(path, 'utf8')).toBe('first');
  expect((await stat(path)).nlink).toBe(1);
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('of many exclusive writes at once exactly one wins, and its content is there', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  for (let round = 0; round < 20; round++) {
    const target = `${path}.${round}`;
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map((letter) =>
        atomicWrite(target, letter.repeat(MIB / 4), { exclusive: true, durability: 'relaxed' }),
      ),
    );
    const winners = results.flatMap(({ status }, index) => (status === 'fulfilled' ? index : []));
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'EEXIST' });
    }
    const winner = ['a', 'b', 'c', 'd'][winners[0] ?? -1];
    expect(await readFile(target, 'utf8')).toBe(winner?.repeat(MIB / 4));
  }
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('exclusive looks and renames where there are no hard links', async () => {
  for (const code of ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR']) {
    await using dir = await tempDirectory();
    const path = join(dir.path, 'chat.json');
    const { fileSystem, calls } = watched(({ name }) => {
      if (name === 'link') throw systemError(code);
      return undefined;
    });
    await atomicWrite(path, 'first', { exclusive: true, fileSystem });
    expect(calls).toContain('rename <temporary> chat.json');
    const second = await atomicWrite(path, 'x', { exclusive: true, fileSystem }).catch((e) => e);
    const real = await atomicWrite(path, 'x', { exclusive: true }).catch((thrown) => thrown);
    expect({ ...second, path: '' }).toEqual({ ...real, path: '' });
    await symlink('nowhere', join(dir.path, 'dangling'));
    const dangling = atomicWrite(join(dir.path, 'dangling'), 'x', { exclusive: true, fileSystem });
    await expect(dangling).rejects.toMatchObject({ code: 'EEXIST' });
    expect(await readFile(path, 'utf8')).toBe('first');
    expect(await leftOvers(dir.path)).toEqual([]);
  }
});

test('exclusive does not take other failures of link for a lack of hard links', async () => {
  await using dir = await tempDirectory();
  for (const code of ['EACCES', 'EINVAL', 'EXDEV', 'EIO']) {
    const { fileSystem, calls } = watched(({ name }) => {
      if (name === 'link') throw systemError(code);
      return undefined;
    });
    const failed = atomicWrite(join(dir.path, 'a'), 'x', { exclusive: true, fileSystem });
    await expect(failed).rejects.toMatchObject({ code });
    expect(calls.join()).not.toContain('rename');
  }
  expect(await readdir(dir.path)).toEqual([]);
});

test('an iterable that throws leaves the old file, and is told to stop when writing fails', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'old');
  async function* broken() {
    yield 'new';
    throw new Error('no more');
  }
  await expect(atomicWrite(path, broken())).rejects.toThrow('no more');

  let stopped = false;
  function* endless() {
    try {
      while (true) yield 'x'.repeat(MIB);
    } finally {
      stopped = true;
    }
  }
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.write') throw systemError('ENOSPC');
    return undefined;
  });
  const failed = atomicWrite(path, endless(), { fileSystem });
  await expect(failed).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(stopped).toBe(true);
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('an aborted signal stops it with its reason: before the start, between chunks, before the rename', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await atomicWrite(path, 'old');
  const reason = new Error('enough');

  const { fileSystem, calls } = watched();
  const early = atomicWrite(path, 'new', { signal: AbortSignal.abort(reason), fileSystem });
  await expect(early).rejects.toBe(reason);
  expect(calls).toEqual([]);

  const between = new AbortController();
  let chunks = 0;
  function* endless() {
    while (true) {
      chunks += 1;
      if (chunks === 3) between.abort(reason);
      yield 'x';
    }
  }
  await expect(atomicWrite(path, endless(), { signal: between.signal })).rejects.toBe(reason);
  expect(chunks).toBe(3);

  const late = new AbortController();
  const synced = watched(({ name }) => {
    if (name === 'handle.sync') late.abort(reason);
    return undefined;
  });
  const stopped = atomicWrite(path, 'new', { signal: late.signal, fileSystem: synced.fileSystem });
  await expect(stopped).rejects.toBe(reason);

  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await leftOvers(dir.path)).toEqual([]);
});

test('a signal aborted after the rename does not turn success into failure', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const controller = new AbortController();
  const { fileSystem } = watched(({ name }) => {
    if (name === 'rename') controller.abort();
    return undefined;
  });
  await atomicWrite(path, 'new', { signal: controller.signal, fileSystem });
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('misuse is a TypeError and touches nothing', async () => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  for (const data of [undefined, null, 7, {}, Promise.resolve('x')]) {
    await expect(atomicWrite(path, data as never)).rejects.toBeInstanceOf(TypeError);
  }
  await expect(atomicWrite(path, [7 as never])).rejects.toBeInstanceOf(TypeError);
  await expect(atomicWrite('', 'x')).rejects.toBeInstanceOf(TypeError);
  expect(await readdir(dir.path)).toEqual([]);
});

test('a directory in place, or a missing parent, is the error of the file system', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'folder', 'inner'), { recursive: true });
  await expect(atomicWrite(join(dir.path, 'folder'), 'x')).rejects.toMatchObject({
    code: process.platform === 'win32' ? 'EPERM' : 'EISDIR',
  });
  await expect(atomicWrite(join(dir.path, 'missing', 'a'), 'x')).rejects.toMatchObject({
    code: 'ENOENT',
  });
  expect(await readdir(dir.path)).toEqual(['folder']);
});

test('a symbolic link is replaced itself; what it leads to is untouched', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'outside'), 'mine');
  await symlink('outside', join(dir.path, 'chat.json'));
  await atomicWrite(join(dir.path, 'chat.json'), 'new');
  expect(await readFile(join(dir.path, 'outside'), 'utf8')).toBe('mine');
  await expect(readlink(join(dir.path, 'chat.json'))).rejects.toMatchObject({ code: 'EINVAL' });
});

test('a relative path means what it meant at the call', async () => {
  await using dir = await tempDirectory();
  const before = process.cwd();
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.write') process.chdir(before);
    return undefined;
  });
  try {
    process.chdir(dir.path);
    await atomicWrite('chat.json', 'x', { fileSystem });
  } finally {
    process.chdir(before);
  }
  expect(await readFile(join(dir.path, 'chat.json'), 'utf8')).toBe('x');
});

test('a full disk leaves the old file, says ENOSPC, and the next write that fits works', async (context) => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    context.skip('needs root on Linux to mount a small tmpfs');
  }
  await using dir = await tempDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir.path], { stdio: 'pipe' });
  } catch (error) {
    context.skip(`mounting a tmpfs is not allowed here: ${error}`);
  }
  try {
    const path = join(dir.path, 'chat.json');
    const old = 'o'.repeat(MIB / 4);
    await atomicWrite(path, old);
    for (const size of [MIB, 8 * MIB]) {
      for (const data of ['n'.repeat(size), new Uint8Array(size)]) {
        await expect(atomicWrite(path, data)).rejects.toMatchObject({ code: 'ENOSPC' });
        expect(await readFile(path, 'utf8')).toBe(old);
        expect(await readdir(dir.path)).toEqual(['chat.json']);
      }
    }
    await atomicWrite(path, 'fits');
    expect(await readFile(path, 'utf8')).toBe('fits');
  } finally {
    execFileSync('umount', [dir.path]);
  }
});
