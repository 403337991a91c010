import { link, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import {
  appendTail,
  type FileSystem,
  type FileVersion,
  nodeFileSystem,
  readUndoRecord,
  recoverTail,
} from '../src/index.ts';
import { codesOf, failing, type Watched, watched } from './support/watched.ts';

const OLD = `${'old '.repeat(3_000)}}`;
const FROM = 11_000;
const LONGER = `${'new '.repeat(2_000)}}`;
const TAILS: [what: string, tail: string][] = [
  ['longer', LONGER],
  ['shorter', 'new}'],
  ['equally long', 'n'.repeat(OLD.length - FROM)],
  ['empty', ''],
];

interface Place extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  readonly undoPath: string;
  readonly text: () => Promise<string>;
}

async function place(old: string = OLD): Promise<Place> {
  const dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  await writeFile(path, old);
  return {
    directory: dir.path,
    path,
    undoPath: join(dir.path, '.chat.undo'),
    text: () => readFile(path, 'utf8'),
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

test.each(TAILS)('appendTail replaces a tail by one that is %s, in place', async (_, tail) => {
  await using at = await place();
  const before = await stat(at.path);
  await appendTail(at.path, tail, { from: FROM, undoPath: at.undoPath });
  expect(await at.text()).toBe(OLD.slice(0, FROM) + tail);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
  const { ino, mode } = await stat(at.path);
  expect({ ino, mode }).toEqual({ ino: before.ino, mode: before.mode });
});

test('appendTail begins anywhere: at the start, at a page, at the end', async () => {
  for (const from of [0, 1, 4_095, 4_096, 4_097, 8_192, OLD.length]) {
    await using at = await place();
    await appendTail(at.path, 'new', { from, undoPath: at.undoPath });
    expect(await at.text()).toBe(`${OLD.slice(0, from)}new`);
  }
});

test('appendTail takes text, bytes and iterables of both', async () => {
  function* slowly() {
    yield 'a\ud83d';
    yield '\ude00b';
    yield new TextEncoder().encode('é');
  }
  for (const tail of [new TextEncoder().encode('a😀bé'), ['a😀', Buffer.from('bé')], slowly()]) {
    await using at = await place('old');
    await appendTail(at.path, tail, { from: 1, undoPath: at.undoPath });
    expect(await at.text()).toBe('oa😀bé');
  }
});

test('appendTail makes its calls in the one order that is safe', async () => {
  await using at = await place();
  const { fileSystem, calls, openHandles } = watched();
  await appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  expect(calls.slice(0, 4)).toEqual([
    'open chat.json',
    'handle.stat',
    'handle.read',
    'open .chat.undo wx',
  ]);
  // the record and its name, at the same time
  expect(calls.slice(4, 11).sort()).toEqual([
    'handle.close',
    'handle.close',
    'handle.stat',
    'handle.sync',
    'handle.sync',
    'handle.write',
    `open ${basename(at.directory)} r`,
  ]);
  expect(calls.slice(11)).toEqual([
    'handle.write',
    'handle.truncate',
    'handle.stat',
    'handle.sync',
    'handle.close',
    'unlink .chat.undo',
    `open ${basename(at.directory)} r`,
    'handle.sync',
    'handle.close',
  ]);
  expect(openHandles()).toBe(0);
});

test('relaxed leaves out the syncs and keeps the order', async () => {
  await using at = await place();
  const { fileSystem, calls, inOrder } = watched();
  const options = { from: FROM, undoPath: at.undoPath, durability: 'relaxed', fileSystem } as const;
  await appendTail(at.path, 'new', options);
  expect(calls).toEqual([
    'open chat.json',
    'handle.stat',
    'handle.read',
    'open .chat.undo wx',
    'handle.write',
    'handle.stat',
    'handle.close',
    'handle.write',
    'handle.truncate',
    'handle.stat',
    'handle.close',
    'unlink .chat.undo',
  ]);
  expect(inOrder()).toBe(true);
});

test('beforeWrite is called when the record is in force and the file untouched', async () => {
  await using at = await place();
  const { fileSystem, calls, openHandles } = watched();
  let seen: string[] = [];
  const beforeWrite = () => {
    seen = [...calls];
    // only that of the file: the record and the directory are synced and closed
    expect(openHandles()).toBe(1);
  };
  await appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, beforeWrite, fileSystem });
  expect(seen.filter((call) => call === 'handle.sync')).toHaveLength(2);
  expect(seen.filter((call) => call === 'handle.write')).toHaveLength(1);
});

test('what beforeWrite throws leaves the file untouched and no record', async () => {
  await using at = await place();
  const { fileSystem, calls, openHandles } = watched();
  const lost = new Error('The lock is lost');
  const beforeWrite = () => {
    throw lost;
  };
  const appended = appendTail(at.path, 'new', {
    from: FROM,
    undoPath: at.undoPath,
    beforeWrite,
    fileSystem,
  });
  await expect(appended).rejects.toBe(lost);
  expect(calls.filter((call) => call === 'handle.write')).toHaveLength(1);
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
  expect(openHandles()).toBe(0);
});

test('while the tail is written, the record has the old bytes, for its owner only', async () => {
  const before = process.umask();
  for (const umask of [0o022, 0o777]) {
    await using at = await place();
    let found: unknown;
    const { fileSystem } = watched(({ name }) => {
      if (name !== 'handle.truncate') return undefined;
      return async (truncate) => {
        const { mode } = await stat(at.undoPath);
        const record = await readUndoRecord(at.undoPath);
        const text = Buffer.from(record?.bytes ?? []).toString();
        found = { mode: mode & 0o7777, size: record?.size, at: record?.at, text };
        await truncate(FROM + 3);
      };
    });
    process.umask(umask);
    try {
      await appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
    } finally {
      process.umask(before);
    }
    expect(found).toEqual({ mode: 0o600, size: OLD.length, at: 8_192, text: OLD.slice(8_192) });
  }
});

test('FS_LINKED: a file with two names is not written to', async () => {
  await using at = await place();
  await link(at.path, join(at.directory, 'other'));
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath });
  await expect(appended).rejects.toMatchObject({ code: 'FS_LINKED', path: at.path });
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json', 'other']);
});

test('FS_CHANGED: a file that is another one than was looked at is not written to', async () => {
  await using at = await place();
  const { ino, size, mtimeNs } = await stat(at.path, { bigint: true });
  const append = (unchangedSince: FileVersion) =>
    appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, unchangedSince });
  for (const other of [{ ino: ino + 1n }, { size: size + 1n }, { mtimeNs: mtimeNs - 1n }]) {
    const appended = append({ ino, size, mtimeNs, ...other });
    await expect(appended).rejects.toMatchObject({ code: 'FS_CHANGED', path: at.path });
    expect(await at.text()).toBe(OLD);
    expect(await readdir(at.directory)).toEqual(['chat.json']);
  }
  await append({ ino, size, mtimeNs });
  expect(await at.text()).toBe(`${OLD.slice(0, FROM)}new`);
});

test('FS_UNDO_EXISTS: where a record stands, neither it nor the file is touched', async () => {
  await using at = await place();
  await writeFile(at.undoPath, 'whatever');
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath });
  await expect(appended).rejects.toMatchObject({ code: 'FS_UNDO_EXISTS', path: at.undoPath });
  expect(await at.text()).toBe(OLD);
  expect(await readFile(at.undoPath, 'utf8')).toBe('whatever');
});

test('a tail that would begin after the end is FS_SIZE_MISMATCH; a missing file is ENOENT', async () => {
  await using at = await place();
  const options = { from: OLD.length + 1, undoPath: at.undoPath };
  const far = appendTail(at.path, 'new', options);
  await expect(far).rejects.toMatchObject({ code: 'FS_SIZE_MISMATCH', path: at.path });
  await expect(appendTail(`${at.path}x`, 'new', options)).rejects.toThrow('ENOENT');
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('a file that is cut while its tail is read is FS_SIZE_MISMATCH', async () => {
  await using at = await place();
  const { fileSystem } = watched(({ name }) =>
    name === 'handle.read' ? { result: { bytesRead: 0 } } : undefined,
  );
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  await expect(appended).rejects.toMatchObject({ code: 'FS_SIZE_MISMATCH', path: at.path });
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('misuse is a TypeError and touches nothing', async () => {
  await using at = await place();
  const { fileSystem, calls } = watched();
  const { path, undoPath } = at;
  const rejected = [
    appendTail('', 'new', { from: 0, undoPath, fileSystem }),
    appendTail(path, 'new', { from: 0, undoPath: '', fileSystem }),
    appendTail(path, 'new', { from: 0, undoPath: path, fileSystem }),
    appendTail(path, 'new', { from: -1, undoPath, fileSystem }),
    appendTail(path, 'new', { from: 0.5, undoPath, fileSystem }),
    appendTail(path, 'new', { from: Number.NaN, undoPath, fileSystem }),
    appendTail(path, 7 as never, { from: 0, undoPath, fileSystem }),
    appendTail(path, null as never, { from: 0, undoPath, fileSystem }),
  ];
  for (const one of rejected) await expect(one).rejects.toThrow(TypeError);
  expect(calls).toEqual([]);
});

test('what the chunks throw, and a chunk that is none, is rolled back', async () => {
  const broken = new Error('No more messages');
  function* throwing() {
    yield LONGER.repeat(100);
    throw broken;
  }
  for (const [tail, reason] of [
    [throwing(), broken],
    [[LONGER.repeat(100), 7 as never], TypeError],
  ] as const) {
    await using at = await place();
    const { fileSystem, calls, openHandles } = watched();
    const appended = appendTail(at.path, tail, { from: FROM, undoPath: at.undoPath, fileSystem });
    await expect(appended).rejects.toThrow(reason);
    expect(calls.filter((call) => call === 'handle.write').length).toBeGreaterThan(2);
    expect(await at.text()).toBe(OLD);
    expect(await readdir(at.directory)).toEqual(['chat.json']);
    expect(openHandles()).toBe(0);
  }
});

test('short writes are continued', async () => {
  await using at = await place();
  const { fileSystem, calls } = watched(({ name, args }) => {
    if (name !== 'handle.write') return undefined;
    return (write) => write(args[0], args[1], Math.min(Number(args[2]), 1_000), args[3]);
  });
  await appendTail(at.path, LONGER, { from: FROM, undoPath: at.undoPath, fileSystem });
  expect(await at.text()).toBe(OLD.slice(0, FROM) + LONGER);
  expect(calls.filter((call) => call === 'handle.write').length).toBeGreaterThan(10);
});

const REFUSED: [code: string, name: string, which: number, result: unknown][] = [
  ['FS_SHORT_WRITE', 'handle.write', 1, { bytesWritten: 0 }],
  ['FS_SHORT_WRITE', 'handle.write', 2, { bytesWritten: 0 }],
  // The first is about links
  ['FS_SIZE_MISMATCH', 'handle.stat', 2, { size: 4, mode: 0o100600 }],
  ['FS_SIZE_MISMATCH', 'handle.stat', 3, { size: 4 }],
];

test.each(REFUSED)('%s: %s number %i is rolled back', async (code, failed, which, result) => {
  await using at = await place();
  let count = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === failed) count += 1;
    return name === failed && count === which ? { result } : undefined;
  });
  const appended = appendTail(at.path, 'new}', { from: FROM, undoPath: at.undoPath, fileSystem });
  await expect(appended).rejects.toMatchObject({ code });
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('a record that cannot be removed at the end is rolled back too', async () => {
  await using at = await place();
  let unlinks = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === 'unlink' && ++unlinks === 1) throw systemError('EBUSY', name);
    return undefined;
  });
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  await expect(appended).rejects.toThrow('EBUSY');
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('a record that another process removed meanwhile makes the append fail', async () => {
  await using at = await place();
  const { fileSystem } = watched(({ name }) => {
    if (name === 'unlink') throw systemError('ENOENT', name);
    return undefined;
  });
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  await expect(appended).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await at.text()).toBe(OLD);
});

test('a record that is removed again, but not surely, is FS_UNCONFIRMED and not left', async () => {
  await using at = await place();
  let syncs = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync' && ++syncs > 1) throw systemError('EIO', name);
    return undefined;
  });
  const options = { from: FROM, undoPath: at.undoPath, fileSystem };
  const error = await appendTail(at.path, 'new', options).catch((e) => e);
  expect(error.errors[0]).toMatchObject({ code: 'EIO' });
  expect(error.errors[1]).toMatchObject({ code: 'FS_UNCONFIRMED', path: at.undoPath });
  expect(await at.text()).toBe(OLD);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('FS_UNCONFIRMED: the last sync fails, the new tail is in place and no record', async () => {
  await using at = await place();
  let syncs = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync' && ++syncs === 4) throw systemError('EIO', name);
    return undefined;
  });
  const appended = appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  await expect(appended).rejects.toMatchObject({ code: 'FS_UNCONFIRMED', path: at.path });
  expect(await at.text()).toBe(`${OLD.slice(0, FROM)}new`);
  expect(await readdir(at.directory)).toEqual(['chat.json']);
});

test('FS_UNDO_LEFT: a file that was swapped meanwhile is not rolled back, and the record stays', async () => {
  await using at = await place();
  const other = 'x'.repeat(20_000);
  await writeFile(join(at.directory, 'other'), other);
  const { fileSystem } = watched(({ name }) => {
    if (name !== 'handle.truncate') return undefined;
    return async () => {
      await rename(join(at.directory, 'other'), at.path);
      throw systemError('EIO', name);
    };
  });
  const error = await appendTail(at.path, 'new', {
    from: FROM,
    undoPath: at.undoPath,
    fileSystem,
  }).catch((e) => e);
  expect(error).toBeInstanceOf(AggregateError);
  expect(error.errors[0]).toMatchObject({ code: 'EIO' });
  expect(error.errors[1]).toMatchObject({ code: 'FS_UNDO_LEFT', path: at.undoPath });
  expect(await at.text()).toBe(other);
  expect(await readUndoRecord(at.undoPath)).toMatchObject({ size: OLD.length });
});

test('Windows has no sync of directories', async () => {
  await using at = await place();
  const win32: FileSystem = { ...nodeFileSystem, platform: 'win32' };
  const { fileSystem, calls } = watched(({ name, args }) => {
    if (name === 'open' && args[1] === 'r') throw systemError('EPERM', name);
    return undefined;
  }, win32);
  await appendTail(at.path, 'new', { from: FROM, undoPath: at.undoPath, fileSystem });
  expect(await at.text()).toBe(`${OLD.slice(0, FROM)}new`);
  expect(calls.at(-1)).toBe(`open ${basename(at.directory)} r`);
});

test('the record may be in another directory, whose names are then synced', async () => {
  await using at = await place();
  await mkdir(join(at.directory, 'undo'));
  const { fileSystem, calls } = watched();
  const undoPath = join(at.directory, 'undo', 'chat');
  await appendTail(at.path, 'new', { from: FROM, undoPath, fileSystem });
  expect(calls.filter((call) => call === 'open undo r')).toHaveLength(2);
});

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS'];

describe.each(['full', 'relaxed'] as const)('with durability %s', (durability) => {
  test.each(CODES)('whichever call fails with %s, the old bytes stay', async (code) => {
    await sweep(durability, code, (at) => failing(code, at));
  });

  test.each(CODES)('when all calls from any on fail with %s, recovery mends it', async (code) => {
    const left = await sweep(durability, code, (at) => failing(code, at, true));
    expect(left).toBeGreaterThan(3);
  });

  test('a disk that fills up in the middle of any write is rolled back', async () => {
    await sweep(durability, 'ENOSPC', (at) =>
      watched(({ name, args, count }) => {
        if (count < at || name !== 'handle.write') return undefined;
        if (count > at) return undefined;
        return async (write) => {
          await write(args[0], args[1], Math.ceil(Number(args[2]) / 2), args[3]);
          throw systemError('ENOSPC', name);
        };
      }),
    );
  });
});

/** Fails each call in turn; how often the record stayed. */
async function sweep(
  durability: 'full' | 'relaxed',
  code: string,
  failAt: (at: number) => Watched,
): Promise<number> {
  let left = 0;
  for (let at = 1; ; at++) {
    await using spot = await place();
    const { path, undoPath } = spot;
    const { fileSystem, calls, openHandles } = failAt(at);
    const options = { from: FROM, undoPath, durability };
    const error = await appendTail(path, 'new', { ...options, fileSystem }).catch((e) => e);
    const where = `call ${at} of ${calls.join(', ')}`;
    const codes = codesOf(error);
    expect(openHandles(), where).toBe(0);
    if (error !== undefined) expect(codes, where).toContain(code);

    const unconfirmed = error?.code === 'FS_UNCONFIRMED' && error.path === path;
    const wanted = error === undefined || unconfirmed ? `${OLD.slice(0, FROM)}new` : OLD;
    if (codes.includes('FS_UNDO_LEFT')) {
      left += 1;
      expect(await readdir(spot.directory), where).toContain('.chat.undo');
    } else {
      expect(await spot.text(), where).toBe(wanted);
      expect(await readdir(spot.directory), where).toEqual(['chat.json']);
    }
    const recovered = await recoverTail(path, undoPath);
    const possible = codes.includes('FS_UNDO_LEFT') ? ['rolled-back', 'void'] : ['none'];
    expect(possible, where).toContain(recovered);
    expect(await spot.text(), where).toBe(wanted);
    expect(await readdir(spot.directory), where).toEqual(['chat.json']);

    if (calls.length < at) return left;
    await writeFile(path, OLD);
    await appendTail(path, 'again', options);
    expect(await spot.text(), where).toBe(`${OLD.slice(0, FROM)}again`);
  }
}
