import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { openTemporary } from '@tgstore/fs';
import { runTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import {
  type BackupContents,
  BackupManager,
  directoryContents,
  type FileSnapshot,
  type ManifestFile,
} from '../src/index.ts';
import { codeOf } from './support/errors.ts';
import { RECIPIENT } from './support/keys.ts';
import { openFilesBelow } from './support/open-files.ts';
import { tempStore } from './support/store.ts';
import { filesOf, leftOvers } from './support/tree.ts';

vi.mock('@tgstore/fs', { spy: true });

const isRoot = process.getuid?.() === 0;
const hasZstd = 'createZstdCompress' in zlib;

test('an archive opens with plain tar, and is the directory with a manifest', async () => {
  await using temp = await tempStore();
  const files = {
    'a.json': '{"text":"größe 😀"}\n',
    empty: '',
    'größe 😀.json': 'x'.repeat(70_000),
    ...Object.fromEntries([511, 512, 513].map((size) => [`${size} bytes`, 'b'.repeat(size)])),
    ...Object.fromEntries([99, 100, 101, 255].map((size) => ['n'.repeat(size), `${size}`])),
  };
  await temp.write(files);
  const { id, path, size, counts } = await temp.backups.createBackup({ tag: 'pre-update' });
  expect(id).toBe('20261123T014500Z_pre-update');
  expect(path).toBe(join(temp.backupDir, '20261123T014500Z_pre-update.tar.gz'));
  expect((await stat(path)).size).toBe(size);
  const bytes = Object.values(files).reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(counts).toEqual({ files: 10, bytes, messages: 0 });

  const { 'manifest.json': text, ...unpacked } = await unpackedByTar(temp.root, path);
  expect(unpacked).toEqual(files);
  const { mtime, mode } = await stat(join(temp.root, 'unpacked', 'a.json'));
  expect([mtime.toISOString(), mode & 0o777]).toEqual(['2026-11-23T01:45:00.000Z', 0o600]);
  const manifest = JSON.parse(text ?? '');
  expect(manifest).toMatchObject({ tag: 'pre-update', created_at: '2026-11-23T01:45:00Z', counts });
  expect(manifest.files.map(({ name }: ManifestFile) => name)).toEqual(Object.keys(files).sort());
  for (const { name, size, sha256 } of manifest.files as ManifestFile[]) {
    const content = Buffer.from(files[name as keyof typeof files]);
    expect([size, sha256]).toEqual([content.length, sha256Of(content)]);
  }
  expect(tar('-tf', path).trimEnd().split('\n').at(-1)).toBe('manifest.json');
});

test('the archive is its owner’s alone', async () => {
  await using temp = await tempStore();
  const { path } = await temp.backups.createBackup();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect((await stat(temp.backupDir)).mode & 0o777).toBe(0o700);
});

test('an empty directory makes an archive of its manifest', async () => {
  await using temp = await tempStore();
  const { path, counts } = await temp.backups.createBackup();
  expect(counts).toEqual({ files: 0, bytes: 0, messages: 0 });
  expect(Object.keys(await unpackedByTar(temp.root, path))).toEqual(['manifest.json']);
});

test('what contents say of a file stands in the manifest and is counted', async () => {
  const facts = { id: '42', status: 'processed', messages: 3, revision_id: 'r' };
  const snapshots = ['b', 'a'].map((name) => ({ ...snapshotOf(name, [name]), facts }));
  await using temp = await tempStore({ contentsOf: contentsOf(snapshots) });
  const files: ManifestFile[] = [];
  const { path, counts } = await temp.backups.createBackup({ onFile: (file) => files.push(file) });
  expect(counts).toEqual({ files: 2, bytes: 2, messages: 6 });
  const { files: listed } = JSON.parse(tar('-xOf', path, 'manifest.json'));
  // in the order of the contents
  expect(listed).toEqual([
    { name: 'b', size: 1, sha256: sha256Of(Buffer.from('b')), ...facts },
    { name: 'a', size: 1, sha256: sha256Of(Buffer.from('a')), ...facts },
  ]);
  expect(files).toEqual(listed);
});

test('the same files, time and tag give the same bytes, whoever owns them and however they are', async () => {
  const archives: Buffer[] = [];
  for (const round of [0, 1]) {
    await using temp = await tempStore();
    const files = ['a', 'b', 'c', 'x'.repeat(120)];
    for (const name of round === 0 ? files : files.toReversed()) {
      await temp.write({ [name]: name.repeat(1000) });
      await utimes(join(temp.store, name), round * 1000, round * 1000);
      await chmod(join(temp.store, name), round === 0 ? 0o600 : 0o644);
      if (isRoot) await chown(join(temp.store, name), round * 1000, round * 1000);
    }
    const { path } = await temp.backups.createBackup({ tag: 'x' });
    archives.push(await readFile(path));
  }
  expect(archives[0]?.equals(archives[1] as Buffer)).toBe(true);
});

test('another time, another tag or another byte gives another archive', async () => {
  await using temp = await tempStore();
  await temp.write({ a: 'content' });
  const hashes = new Set<string>();
  const create = async (tag?: string) => {
    const { path } = await temp.backups.createBackup({ tag });
    hashes.add(sha256Of(await readFile(path)));
    temp.time += 60_000;
  };
  await create();
  await create();
  await create('x');
  await temp.write({ a: 'Content' });
  await create();
  expect(hashes.size).toBe(4);
});

test.each(['', 'A', '../a', 'a b', 'x'.repeat(41)])('%j is refused as a tag', async (tag) => {
  await using temp = await tempStore();
  expect(await codeOf(temp.backups.createBackup({ tag }))).toBe('BACKUP_INVALID_TAG');
  expect(await readdir(temp.root)).toEqual(['store']);
});

test('several in one second have each its own, and none replaces another', async () => {
  await using temp = await tempStore();
  await temp.write({ a: 'content' });
  const ids: string[] = [];
  for (const tag of [undefined, undefined, 'x']) {
    ids.push((await temp.backups.createBackup({ tag })).id);
  }
  expect(ids).toEqual(['20261123T014500Z', '20261123T014501Z', '20261123T014502Z_x']);
  const { backups } = await temp.backups.listBackups();
  expect(backups.map(({ id }) => id)).toEqual(ids.toReversed());
  for (const id of ids) await temp.backups.verifyBackup(id);
});

test('several at once have each its own name', async () => {
  await using temp = await tempStore();
  await temp.write({ a: 'content' });
  const made = await Promise.all([1, 2, 3, 4].map(() => temp.backups.createBackup()));
  expect(new Set(made.map(({ id }) => id)).size).toBe(4);
  expect(leftOvers(temp.root)).toEqual([]);
  for (const { id } of made) await temp.backups.verifyBackup(id);
});

test('an archive has its name only when it is complete', async () => {
  const seen: string[][] = [];
  const look = () => seen.push(readdirSync(temp.backupDir).filter((name) => !/\.tmp$/.test(name)));
  const snapshots = ['a', 'b'].map((name) =>
    snapshotOf(
      name,
      (function* () {
        look();
        yield Buffer.alloc(500_000, name);
        look();
      })(),
    ),
  );
  await using temp = await tempStore({ contentsOf: contentsOf(snapshots) });
  const creating = temp.backups.createBackup();
  let isDone = false;
  const done = creating.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const names = await readdir(temp.backupDir).catch(() => []);
    const name = names.find((found) => found.endsWith('.gz'));
    if (name) {
      const content = readFileSync(join(temp.backupDir, name));
      expect(zlib.gunzipSync(content).subarray(-1024).equals(Buffer.alloc(1024))).toBe(true);
    }
    await tick();
  }
  const { id } = await done;
  expect(seen).toEqual([[], [], [], []]);
  expect((await readdir(temp.backupDir)).sort()).toEqual([`${id}.manifest.json`, `${id}.tar.gz`]);
});

test('each snapshot is closed before the next one is opened, and after a failure', async () => {
  const events: string[] = [];
  const make = async function* () {
    for (const name of ['a', 'b', 'c']) {
      events.push(`open ${name}`);
      yield {
        ...snapshotOf(name, name === 'b' ? failingBytes() : [name]),
        [Symbol.asyncDispose]: async () => void events.push(`close ${name}`),
      };
    }
  };
  await using temp = await tempStore({
    contentsOf: (directory) => ({ ...directoryContents(directory), snapshots: make }),
  });
  await expect(temp.backups.createBackup()).rejects.toThrow('the source broke');
  expect(events).toEqual(['open a', 'close a', 'open b', 'close b']);
});

test.each([
  ['breaks', failingBytes, 'the source broke'],
  ['becomes shorter', () => [], 'gave 0 bytes of 9'],
  ['becomes longer', () => ['more than before'], 'gave 16 bytes of 9'],
])('nothing is left where a file that is read %s', async (_, bytes, message) => {
  const snapshots = [
    snapshotOf('a', ['x'.repeat(900_000)]),
    { ...snapshotOf('b', bytes()), size: 9 },
  ];
  await using temp = await tempStore({ contentsOf: contentsOf(snapshots) });
  await expect(temp.backups.createBackup()).rejects.toThrow(message);
  expect(await readdir(temp.backupDir)).toEqual([]);
  expect(openFilesBelow(temp.root)).toEqual([]);
});

test('a file that changes its size while it is read is told as BACKUP_DAMAGED', async () => {
  const snapshots = [{ ...snapshotOf('b', ['x']), size: 9 }];
  await using temp = await tempStore({ contentsOf: contentsOf(snapshots) });
  expect(await codeOf(temp.backups.createBackup())).toBe('BACKUP_DAMAGED');
});

test('what onFile throws stops it, and nothing is left', async () => {
  await using temp = await tempStore();
  await temp.write({ a: 'x', b: 'y' });
  const onFile = () => {
    throw new Error('stop');
  };
  await expect(temp.backups.createBackup({ onFile })).rejects.toThrow('stop');
  expect(await readdir(temp.backupDir)).toEqual([]);
});

test('a signal stops it anywhere, and nothing is left', async () => {
  await using temp = await tempStore();
  await temp.write({ a: 'x'.repeat(2_000_000), b: 'y', c: '' });
  const aborted = AbortSignal.abort(new Error('before'));
  await expect(temp.backups.createBackup({ signal: aborted })).rejects.toThrow('before');
  expect(await readdir(temp.root)).toEqual(['store']);
  for (const name of ['a', 'b', 'c']) {
    const controller = new AbortController();
    const onFile = (file: ManifestFile) => {
      if (file.name === name) controller.abort(new Error('stop'));
    };
    const creating = temp.backups.createBackup({ signal: controller.signal, onFile });
    await expect(creating).rejects.toThrow('stop');
    expect(await readdir(temp.backupDir)).toEqual([]);
    await vi.waitFor(() => expect(openFilesBelow(temp.root)).toEqual([]));
  }
});

test('a directory that is not there is an error, and nothing is left', async () => {
  await using dir = await tempDirectory();
  const backups = new BackupManager({ storageDir: join(dir.path, 'missing'), backupDir: dir.path });
  await expect(backups.createBackup()).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await readdir(dir.path)).toEqual([]);
});

test.each([
  ['a changed byte', (bytes: Buffer) => bytes.fill((bytes[30] ?? 0) ^ 1, 30, 31)],
  ['a changed time in the gzip header', (bytes: Buffer) => bytes.fill(7, 4, 5)],
  ['half of it', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
  ['nothing', () => Buffer.alloc(0)],
  ['zeros', (bytes: Buffer) => Buffer.alloc(bytes.length)],
])('a disk that gives back %s is noticed, and nothing is left', async (_, spoil) => {
  for (const options of [{}, { recipients: [RECIPIENT] }]) {
    await using temp = await tempStore();
    await temp.write({ a: 'content' });
    let spoilt = 0;
    const { openTemporary: real } =
      await vi.importActual<typeof import('@tgstore/fs')>('@tgstore/fs');
    vi.mocked(openTemporary).mockImplementationOnce(async (...args) => {
      const file = await real(...args);
      const finish = file.finish.bind(file);
      file.finish = async () => {
        await finish();
        await writeFile(file.path, spoil(await readFile(file.path)));
        spoilt += 1;
      };
      return file;
    });
    expect(await codeOf(temp.backups.createBackup(options))).toBe('BACKUP_DAMAGED');
    expect(spoilt).toBe(1);
    expect(await readdir(temp.backupDir)).toEqual([]);
  }
});

test('it is synced before it has its name', async () => {
  await using temp = await tempStore();
  const calls: string[] = [];
  const { openTemporary: real } =
    await vi.importActual<typeof import('@tgstore/fs')>('@tgstore/fs');
  vi.mocked(openTemporary).mockImplementationOnce(async (directory, options) => {
    const file = await real(directory, options);
    // undefined: the default, which syncs
    expect(options?.durability).toBeUndefined();
    for (const name of ['finish', 'publish'] as const) {
      const call = file[name].bind(file) as (...args: unknown[]) => Promise<void>;
      file[name] = async (...args: unknown[]) => {
        calls.push(name);
        await call(...args);
      };
    }
    return file;
  });
  await temp.backups.createBackup();
  expect(calls).toEqual(['finish', 'publish']);
});

const canMount = isRoot && process.platform === 'linux' && mounts();

test.skipIf(!canMount)(
  'a full disk leaves nothing (needs root, to mount a small one)',
  async () => {
    await using dir = await tempDirectory();
    const disk = join(dir.path, 'disk');
    const store = join(dir.path, 'store');
    await mkdir(disk);
    await mkdir(store);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k', 'tmpfs', disk]);
    try {
      await writeFile(join(store, 'a'), Buffer.from(randomText(1_000_000)));
      const backups = new BackupManager({ storageDir: store, backupDir: disk });
      await expect(backups.createBackup()).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await readdir(disk)).toEqual([]);
      await writeFile(join(store, 'a'), 'small');
      const { id } = await backups.createBackup();
      await backups.verifyBackup(id);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);

test('thousands of files, and big ones, are written and read in bounded memory', async () => {
  await using dir = await tempDirectory();
  const many = JSON.parse(await measured([dir.path, '3000', '100']));
  const big = JSON.parse(await measured([dir.path, '2', '40000000']));
  expect(many.counts).toEqual({ files: 3000, bytes: 300_000, messages: 0 });
  expect(big.counts).toEqual({ files: 2, bytes: 80_000_000, messages: 0 });
  for (const { grownBy } of [many, big]) expect(grownBy).toBeLessThan(100_000_000);
});

test.skipIf(hasZstd)('zstd is refused by a Node that lacks it, and nothing is left', async () => {
  await using temp = await tempStore();
  const creating = temp.backups.createBackup({ compression: 'zstd' });
  expect(await codeOf(creating)).toBe('BACKUP_UNSUPPORTED');
  expect(await readdir(temp.backupDir)).toEqual([]);
});

test.runIf(hasZstd)('zstd is smaller, and comes back (from Node 22.15 on)', async () => {
  // around the sizes of the pieces in which it is written
  for (const size of [0, 1, 1_000, 262_144, 800_000, 3_000_000]) {
    await using temp = await tempStore();
    const content = 'content '.repeat(size / 8);
    await temp.write({ a: content });
    const { id, path } = await temp.backups.createBackup({ compression: 'zstd' });
    expect(path.endsWith(`${id}.tar.zst`)).toBe(true);
    await temp.backups.verifyBackup(id);
    await temp.write({ a: 'other' });
    await temp.backups.restoreBackup(id, { overwrite: true });
    expect(filesOf(temp.store)).toEqual({ a: content });
    const archive = await readFile(path);
    const at = archive.length >> 1;
    for (const spoilt of [
      Buffer.concat([archive.subarray(0, at), Buffer.from([7]), archive.subarray(at + 1)]),
      archive.subarray(0, at),
      Buffer.concat([archive, Buffer.from('x')]),
      Buffer.concat([archive, archive]),
      Buffer.alloc(0),
    ]) {
      await writeFile(path, spoilt);
      expect(await codeOf(temp.backups.verifyBackup(id))).toBe('BACKUP_DAMAGED');
    }
  }
});

function contentsOf(snapshots: readonly FileSnapshot[]): (directory: string) => BackupContents {
  return (directory) => ({
    ...directoryContents(directory),
    async *snapshots() {
      yield* snapshots;
    },
  });
}

function snapshotOf(
  name: string,
  bytes: Iterable<string | Buffer> | AsyncIterable<Buffer>,
): FileSnapshot {
  const size = Array.isArray(bytes) ? Buffer.byteLength(bytes.join('')) : 500_000;
  return {
    name,
    size,
    facts: {},
    async *bytes() {
      for await (const chunk of bytes) yield Buffer.from(chunk as string);
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function* failingBytes(): AsyncGenerator<Buffer> {
  yield Buffer.from('some');
  throw new Error('the source broke');
}

async function unpackedByTar(root: string, archive: string): Promise<Record<string, string>> {
  const to = join(root, 'unpacked');
  await mkdir(to);
  tar('-xzf', archive, '-C', to);
  return filesOf(to);
}

function tar(...args: string[]): string {
  return execFileSync('tar', args, { encoding: 'utf8' });
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Text that does not become smaller, and is the same each time. */
function randomText(length: number): string {
  let text = '';
  for (let index = 0; text.length < length; index++) text += sha256Of(Buffer.from(`${index}`));
  return text;
}

function mounts(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Makes and verifies a backup in a process of its own, and tells how much memory that took. */
async function measured(args: readonly string[]): Promise<string> {
  return await runTypeScript(new URL('support/measure-backup.ts', import.meta.url), { args });
}
