import { createHash } from 'node:crypto';
import {
  chmod,
  copyFile,
  readdir,
  readFile,
  rename,
  stat,
  truncate,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { readUndoRecord, recoverTail } from '../src/index.ts';
import { tearAppend } from './support/torn-append.ts';
import { codesOf, failing, type Watched, watched } from './support/watched.ts';

const OLD = Buffer.from(Array.from({ length: 20_000 }, (_, index) => 1 + (index % 251)));
const TAIL = Buffer.alloc(9_000, 'n');
const FROM = 19_000;

interface Torn extends AsyncDisposable {
  readonly directory: string;
  readonly path: string;
  readonly undoPath: string;
}

/** A file with half a new tail, and its record. */
async function torn(old: Uint8Array = OLD, from: number = FROM): Promise<Torn> {
  const dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const undoPath = join(dir.path, '.chat.undo');
  await writeFile(path, old);
  expect(codesOf(await tearAppend(path, TAIL, { from, undoPath }))).toContain('FS_UNDO_LEFT');
  expect(await textOf(path)).not.toBe(text(old));
  return {
    directory: dir.path,
    path,
    undoPath,
    [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](),
  };
}

test('without a record there is nothing to read or recover, whether the file is there or not', async () => {
  await using dir = await tempDirectory();
  const undoPath = join(dir.path, '.chat.undo');
  const { fileSystem, calls } = watched();
  expect(await readUndoRecord(undoPath, { fileSystem })).toBeUndefined();
  expect(await recoverTail(join(dir.path, 'chat.json'), undoPath, { fileSystem })).toBe('none');
  expect(calls).toEqual(['open .chat.undo', 'open .chat.undo']);
});

test('a record has the old bytes from the page on, the old size and the hash of the page before', async () => {
  for (const [from, at] of [
    [FROM, 16_384],
    [8_191, 4_096],
    [4_096, 4_096],
    [4_095, 0],
    [0, 0],
  ] as const) {
    await using file = await torn(OLD, from);
    const record = await readUndoRecord(file.undoPath);
    const before = OLD.subarray(Math.max(at - 4_096, 0), at);
    expect({ ...record, bytes: text(record?.bytes ?? new Uint8Array()) }).toEqual({
      size: OLD.length,
      at,
      bytes: text(OLD.subarray(at)),
      prefixHash: createHash('sha256').update(before).digest('hex'),
    });
  }
});

test('readUndoRecord only reads, and continues short reads', async () => {
  await using file = await torn();
  const { fileSystem, calls, openHandles } = watched(({ name, args }) => {
    if (name !== 'handle.read') return undefined;
    return (read) => read(args[0], args[1], Math.min(Number(args[2]), 1_000), args[3]);
  });
  expect(await readUndoRecord(file.undoPath, { fileSystem })).toMatchObject({ size: OLD.length });
  expect(new Set(calls)).toEqual(
    new Set(['open .chat.undo', 'handle.stat', 'handle.read', 'handle.close']),
  );
  expect(openHandles()).toBe(0);
});

test('recoverTail gives the old bytes back, then there is no record', async () => {
  await using file = await torn();
  expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
  expect(await textOf(file.path)).toBe(text(OLD));
  expect(await readdir(file.directory)).toEqual(['chat.json']);
  expect(await recoverTail(file.path, file.undoPath)).toBe('none');
});

test('recovery makes its calls in the one order that is safe; relaxed leaves out the syncs', async () => {
  const expected = [
    'open .chat.undo',
    'handle.stat',
    'handle.read',
    'handle.close',
    'open chat.json',
    'handle.stat',
    'handle.read',
    'handle.write',
    'handle.truncate',
    'handle.stat',
    'handle.sync',
    'handle.close',
    'unlink .chat.undo',
    'open <directory> r',
    'handle.sync',
    'handle.close',
  ];
  for (const durability of ['full', 'relaxed'] as const) {
    await using file = await torn();
    const { fileSystem, calls, inOrder, openHandles } = watched();
    await recoverTail(file.path, file.undoPath, { fileSystem, durability });
    const relaxed = expected.slice(0, -3).filter((call) => call !== 'handle.sync');
    expect(calls.map((call) => call.replace(basename(file.directory), '<directory>'))).toEqual(
      durability === 'full' ? expected : relaxed,
    );
    expect(inOrder()).toBe(true);
    expect(openHandles()).toBe(0);
  }
});

test('the file is told by its bytes: a copy with another inode and time is rolled back', async () => {
  await using file = await torn();
  const copy = join(file.directory, 'copy.json');
  await copyFile(file.path, copy);
  await utimes(copy, 1, 1);
  await rename(copy, file.path);
  expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
  expect(await textOf(file.path)).toBe(text(OLD));
});

test('a file torn in any way after the page is rolled back', async () => {
  const at = 16_384;
  const ways: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => bytes.subarray(0, at),
    (bytes) => bytes.subarray(0, at + 1),
    (bytes) => bytes.fill(0, at),
    (bytes) => Buffer.concat([bytes, Buffer.alloc(100_000)]),
    () => OLD,
  ];
  for (const way of ways) {
    await using file = await torn();
    await writeFile(file.path, way(await readFile(file.path)));
    expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
    expect(await textOf(file.path)).toBe(text(OLD));
  }
});

const OTHERS: [what: string, change: (path: string) => Promise<void>][] = [
  ['is gone', (path) => unlink(path)],
  ['ends before the page', (path) => truncate(path, 16_383)],
  [
    'has another byte right before the page',
    async (path) => {
      const bytes = await readFile(path);
      bytes.writeUInt8(0, 16_383);
      await writeFile(path, bytes);
    },
  ],
  [
    'has another byte a page before it',
    async (path) => {
      const bytes = await readFile(path);
      bytes.writeUInt8(0, 16_384 - 4_096);
      await writeFile(path, bytes);
    },
  ],
];

test.each(OTHERS)(
  'mismatch: a file that %s is not touched, nor is the record',
  async (_, change) => {
    await using file = await torn();
    await change(file.path);
    const before = await contentsOf(file.directory);
    const { fileSystem, calls, openHandles } = watched();
    expect(await recoverTail(file.path, file.undoPath, { fileSystem })).toBe('mismatch');
    expect(calls.filter((call) => /write|truncate|unlink/.test(call))).toEqual([]);
    expect(await contentsOf(file.directory)).toEqual(before);
    expect(openHandles()).toBe(0);
  },
);

test('void: a record cut or changed anywhere was never in force; it goes, the file stays as it is', async () => {
  await using file = await torn(OLD.subarray(0, 120), 100);
  const record = await readFile(file.undoPath);
  const before = await textOf(file.path);
  const spoilt = Array.from({ length: record.length }, (_, index) => {
    const changed = Buffer.from(record);
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
    return [changed, record.subarray(0, index)];
  }).flat();
  spoilt.push(Buffer.alloc(record.length), Buffer.concat([record, record]));
  expect(spoilt.length).toBeGreaterThan(400);
  for (const bytes of spoilt) {
    await writeFile(file.undoPath, bytes);
    expect(await readUndoRecord(file.undoPath)).toBeUndefined();
    const recovered = await recoverTail(file.path, file.undoPath, { durability: 'relaxed' });
    expect(recovered).toBe('void');
    expect(await readdir(file.directory)).toEqual(['chat.json']);
  }
  expect(await textOf(file.path)).toBe(before);
});

test('a void record is removed durably', async () => {
  await using dir = await tempDirectory();
  const undoPath = join(dir.path, '.chat.undo');
  await writeFile(undoPath, '');
  const { fileSystem, calls } = watched();
  expect(await recoverTail(join(dir.path, 'chat.json'), undoPath, { fileSystem })).toBe('void');
  const sync = [`open ${basename(dir.path)} r`, 'handle.sync', 'handle.close'];
  expect(calls.slice(-4)).toEqual(['unlink .chat.undo', ...sync]);
});

/** Lets the bytes of a record begin elsewhere. */
function moveRecord(record: Buffer, at: bigint): void {
  record.writeBigUInt64LE(at, 20);
  record.writeBigUInt64LE(at + BigInt(record.length - 92), 12);
}

function seal(record: Buffer): void {
  const covered = record.subarray(0, -32);
  createHash('sha256').update(covered).digest().copy(record, covered.length);
}

test('mismatch: a record far behind the end of the file is not written there, though nothing stands before it', async () => {
  await using file = await torn();
  const record = await readFile(file.undoPath);
  moveRecord(record, 2n ** 40n);
  createHash('sha256').digest().copy(record, 28);
  seal(record);
  await writeFile(file.undoPath, record);
  const before = await contentsOf(file.directory);
  expect(await recoverTail(file.path, file.undoPath)).toBe('mismatch');
  expect(await contentsOf(file.directory)).toEqual(before);
});

test('FS_UNDO_VERSION: a whole record of another kind is left alone, and so is the file', async () => {
  const changes: ((record: Buffer) => unknown)[] = [
    (record) => record.write('another!'),
    (record) => record.writeUInt32LE(2, 8),
    (record) => record.writeBigUInt64LE(1n, 12),
    // begins where no page does
    (record) => moveRecord(record, 1n),
    // more than a number can tell exactly
    (record) => moveRecord(record, 2n ** 63n),
  ];
  for (const change of changes) {
    await using file = await torn();
    const record = await readFile(file.undoPath);
    change(record);
    seal(record);
    await writeFile(file.undoPath, record);
    const before = await contentsOf(file.directory);
    const expected = { code: 'FS_UNDO_VERSION', path: file.undoPath };
    await expect(readUndoRecord(file.undoPath)).rejects.toMatchObject(expected);
    await expect(recoverTail(file.path, file.undoPath)).rejects.toMatchObject(expected);
    expect(await contentsOf(file.directory)).toEqual(before);
  }
});

test('a record that cannot be read is neither none nor void', async () => {
  await using file = await torn();
  for (const name of ['open', 'handle.read']) {
    const { fileSystem } = watched((call) => {
      if (call.name === name) throw systemError('EACCES', name);
      return undefined;
    });
    await expect(readUndoRecord(file.undoPath, { fileSystem })).rejects.toThrow('EACCES');
    const recovered = recoverTail(file.path, file.undoPath, { fileSystem });
    await expect(recovered).rejects.toThrow('EACCES');
  }
  expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
});

test('recovery keeps the mode of the file', async () => {
  await using file = await torn();
  await chmod(file.path, 0o640);
  await recoverTail(file.path, file.undoPath);
  expect((await stat(file.path)).mode & 0o777).toBe(0o640);
});

const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS'];

describe.each(['full', 'relaxed'] as const)('with durability %s', (durability) => {
  test.each(CODES)('recovery that fails with %s at any call can be made again', async (code) => {
    const calls = await sweep(durability, (at) => failing(code, at));
    expect(calls).toBe(durability === 'full' ? 16 : 12);
    await sweep(durability, (at) => failing(code, at, true));
  });

  test('recovery whose disk fills up in the middle of the write can be made again', async () => {
    await sweep(durability, (at) =>
      watched(({ name, args, count }) => {
        if (count !== at || name !== 'handle.write') return undefined;
        return async (write) => {
          await write(args[0], args[1], Math.ceil(Number(args[2]) / 2), args[3]);
          throw systemError('ENOSPC', name);
        };
      }),
    );
  });

  test('recovery whose write takes nothing is FS_SHORT_WRITE, and the record stays', async () => {
    await using file = await torn();
    const { fileSystem } = watched(({ name }) =>
      name === 'handle.write' ? { result: { bytesWritten: 0 } } : undefined,
    );
    const recovered = recoverTail(file.path, file.undoPath, { fileSystem, durability });
    await expect(recovered).rejects.toMatchObject({ code: 'FS_SHORT_WRITE', path: file.path });
    expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
  });

  test('recovery that finds another size afterwards is FS_SIZE_MISMATCH, and the record stays', async () => {
    await using file = await torn();
    const { fileSystem } = watched(({ name }) =>
      name === 'handle.truncate' ? { result: undefined } : undefined,
    );
    const recovered = recoverTail(file.path, file.undoPath, { fileSystem, durability });
    await expect(recovered).rejects.toMatchObject({ code: 'FS_SIZE_MISMATCH', path: file.path });
    expect(await recoverTail(file.path, file.undoPath)).toBe('rolled-back');
  });
});

/** Fails each call of a recovery in turn; how many there are. */
async function sweep(
  durability: 'full' | 'relaxed',
  failAt: (at: number) => Watched,
): Promise<number> {
  for (let at = 1; ; at++) {
    await using file = await torn();
    const { fileSystem, calls, openHandles } = failAt(at);
    const error = await recoverTail(file.path, file.undoPath, { fileSystem, durability }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const where = `call ${at} of ${calls.join(', ')}`;
    expect(openHandles(), where).toBe(0);
    // Whoever is told that the record is gone need not recover again
    const gone = error === undefined || codesOf(error).includes('FS_UNCONFIRMED');
    const again = await recoverTail(file.path, file.undoPath);
    expect(again, where).toBe(gone ? 'none' : 'rolled-back');
    expect(await textOf(file.path), where).toBe(text(OLD));
    expect(await readdir(file.directory), where).toEqual(['chat.json']);
    if (calls.length < at) return at - 1;
  }
}

/** Long strings are compared much faster than long arrays. */
function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

async function textOf(path: string): Promise<string> {
  return await readFile(path, 'latin1');
}

async function contentsOf(directory: string): Promise<Record<string, string>> {
  const names = await readdir(directory);
  const read = async (name: string) => [name, await readFile(join(directory, name), 'hex')];
  return Object.fromEntries(await Promise.all(names.map(read)));
}
