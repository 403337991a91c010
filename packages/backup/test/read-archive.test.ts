import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as tick } from 'node:timers/promises';
import { inspect } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { announceSeed, createRandom, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { archiveName } from '../src/archive-name.ts';
import { type ReadArchiveOptions, readArchive } from '../src/read-archive.ts';
import { codeOf } from './support/errors.ts';
import { openFilesBelow } from './support/open-files.ts';
import { START } from './support/store.ts';
import { archiveOf, type Entry, tarOf } from './support/tar.ts';

const NAME = archiveName({ time: START, tag: undefined, compression: 'gzip', encrypted: false });

test('it gives the manifest, and size and hash of the archive', async () => {
  const archive = archiveOf([{ name: 'a', content: 'content' }]);
  await using file = await written(archive);
  const { manifest, size, sha256 } = await file.read();
  expect(manifest.counts).toEqual({ files: 1, bytes: 7, messages: 0 });
  expect(size).toBe(archive.length);
  expect(sha256).toBe(createHash('sha256').update(archive).digest('hex'));
});

test('onFile gets each content, whole and in order, and not the manifest', async () => {
  const files = { a: 'content', b: '', c: 'x'.repeat(1_000_000), d: 'y'.repeat(512) };
  const entries = Object.entries(files).map(([name, content]) => ({ name, content }));
  await using file = await written(archiveOf(entries));
  const found: [string, string][] = [];
  await file.read({
    onFile: async (name, content) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(Buffer.from(chunk));
      found.push([name, Buffer.concat(chunks).toString()]);
    },
  });
  expect(found).toEqual(Object.entries(files));
});

test('onProgress counts the bytes of the archive, to its end', async () => {
  const archive = archiveOf([{ name: 'a', content: randomBytes(3_000_000) }]);
  await using file = await written(archive);
  const counts: number[] = [];
  await file.read({ onProgress: (bytes) => counts.push(bytes) });
  expect(counts.length).toBeGreaterThan(2);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  expect(counts.at(-1)).toBe(archive.length);
});

test('whoever takes the contents may be slow, in any way', { timeout: 30_000 }, async () => {
  const random = createRandom(announceSeed());
  // around the size of the pieces in which it is unpacked, and much smaller
  const sizes = Array.from({ length: 40 }, () =>
    random.pick([
      0,
      1,
      511,
      512,
      513,
      262_144 - 1024,
      262_144 - 512,
      262_144,
      random.int(0, 600_000),
    ]),
  );
  const entries = sizes.map((size, index) => ({ name: `${index}`, content: randomBytes(size) }));
  await using file = await written(archiveOf(entries));
  const ways: ReadArchiveOptions['onFile'][] = [
    undefined,
    async (_, content) => {
      for await (const _chunk of content) await tick();
    },
    async (_, content) => {
      await sleep(random.int(0, 4));
      for await (const _chunk of content) if (random.chance(0.3)) await sleep(1);
      await sleep(random.int(0, 4));
    },
  ];
  for (const onFile of ways) {
    expect((await file.read({ onFile })).manifest.files).toHaveLength(sizes.length);
  }
});

test('what onFile throws passes through, and at once', async () => {
  const entries = [100, 3_000_000, 100].map((size, index) => ({
    name: `${index}`,
    content: randomBytes(size),
  }));
  await using file = await written(archiveOf(entries));
  for (const failing of ['0', '1', '2']) {
    for (const atOnce of [true, false]) {
      const names: string[] = [];
      const reading = file.read({
        onFile: async (name, content) => {
          names.push(name);
          if (name === failing && atOnce) throw new Error(`stop at ${name}`);
          for await (const _chunk of content) {
            if (name === failing) throw new Error(`stop at ${name}`);
          }
        },
      });
      await expect(reading).rejects.toThrow(`stop at ${failing}`);
      expect(names.at(-1)).toBe(failing);
    }
  }
});

test('one of many entries is wrong: it is told which', async () => {
  const big: Entry = { name: 'big', content: randomBytes(6_000_000) };
  for (const entries of [
    [{ name: '../x' }, big],
    [big, { name: '../x' }, big],
  ]) {
    await using file = await written(archiveOf(entries));
    await expect(file.read()).rejects.toMatchObject({ code: 'BACKUP_UNSAFE' });
    await expect(file.read()).rejects.toThrow('"../x"');
  }
});

test('a signal stops it with its reason, and the archive is closed', async () => {
  const archive = archiveOf([{ name: 'a', content: randomBytes(5_000_000) }]);
  await using file = await written(archive);
  const before = file.read({ signal: AbortSignal.abort(new Error('before')) });
  await expect(before).rejects.toThrow('before');
  for (const at of [1, 3_000_000]) {
    const controller = new AbortController();
    const onProgress = (bytes: number) => {
      if (bytes >= at) controller.abort(new Error('meanwhile'));
    };
    await expect(file.read({ signal: controller.signal, onProgress })).rejects.toThrow('meanwhile');
    await expect.poll(() => openFilesBelow(file.directory)).toEqual([]);
  }
});

test('who takes a file when it is stopped is done before it rejects', async () => {
  await using file = await written(archiveOf([{ name: 'a', content: randomBytes(5_000_000) }]));
  const controller = new AbortController();
  let isDone = false;
  const reading = file.read({
    signal: controller.signal,
    onFile: async (_name, content) => {
      controller.abort(new Error('meanwhile'));
      try {
        // as one who opens a file first
        for (let turn = 0; turn < 100; turn += 1) await tick();
        for await (const _chunk of content);
      } finally {
        isDone = true;
      }
    },
  });
  await expect(reading).rejects.toThrow('meanwhile');
  expect(isDone).toBe(true);
});

test('errors name the path under which the archive is shown', async () => {
  await using file = await written(Buffer.from('garbage'));
  const shownPath = '/backups/shown.tar.gz';
  await expect(file.read({ shownPath })).rejects.toMatchObject({
    path: shownPath,
    message: expect.stringContaining(shownPath),
  });
  await expect(file.read({ shownPath })).rejects.not.toThrow(file.path);
  await expect(file.read()).rejects.toMatchObject({ path: file.path });
});

test('a file that is not there, or can not be read, is an error of the file system', async () => {
  await using dir = await tempDirectory();
  const missing = readArchive(join(dir.path, 'missing'), NAME, {});
  await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(readArchive(dir.path, NAME, {})).rejects.toMatchObject({ code: 'EISDIR' });
});

test('bytes after the end are noticed wherever they begin', async () => {
  // so that the archive ends where a piece of 1 MiB ends that is read, and one byte before and after
  const archive = archiveOf([{ name: 'a', content: 'content' }]);
  const size = 1024 * 1024;
  for (const around of [-1, 0, 1]) {
    const padded = withGzipName(archive, size + around - archive.length - 1);
    expect(padded).toHaveLength(size + around);
    await using right = await written(padded);
    await right.read();
    for (const tail of ['x', '\0', '\0'.repeat(2 * size), archive]) {
      await using wrong = await written(Buffer.concat([padded, Buffer.from(tail)]));
      expect(await codeOf(wrong.read())).toBe('BACKUP_DAMAGED');
    }
  }
});

test('what is compressed well is no bomb while it is small', async () => {
  const zeros = Buffer.alloc(30_000_000);
  const archive = archiveOf([{ name: 'a', content: zeros }]);
  expect(zeros.length / archive.length).toBeGreaterThan(500);
  await using file = await written(archive);
  expect((await file.read()).manifest.counts.bytes).toBe(30_000_000);
});

test('a manifest may be as long as thousands of files need', async () => {
  const entries = Array.from({ length: 1_000 }, (_, index) => ({
    name: `${index}`.padStart(200, 'n'),
    listed: { id: 'i'.repeat(200), revision_id: 'r'.repeat(100) },
  }));
  const tar = tarOf(entries.map((entry) => ({ ...entry, name: entry.name.slice(-90) })));
  await using file = await written(gzipSync(tar));
  expect((await file.read()).manifest.counts.files).toBe(1_000);
});

async function written(archive: Uint8Array) {
  const dir = await tempDirectory();
  const path = join(dir.path, NAME.name);
  await writeFile(path, archive);
  const read = async (options: ReadArchiveOptions = {}) => await readArchive(path, NAME, options);
  return { ...dir, directory: dir.path, path, read };
}

/** The same archive with a name of so many bytes in its gzip header. */
function withGzipName(archive: Buffer, length: number): Buffer {
  const head = Buffer.from(archive.subarray(0, 10));
  head[3] = 8;
  return Buffer.concat([head, Buffer.alloc(length, 'n'), Buffer.from([0]), archive.subarray(10)]);
}

test('what was taken for the header of an entry is shown to nobody', async () => {
  const archive = gunzipSync(archiveOf([{ name: 'a', content: 'what alice wrote '.repeat(120) }]));
  // a block came twice: the rest of the content stands where the next header should
  const longer = Buffer.concat([archive.subarray(0, 1024), archive.subarray(512)]);
  await using file = await written(gzipSync(longer));
  const error: unknown = await file.read().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'BACKUP_DAMAGED' });
  expect(inspect(error, { depth: 10 })).not.toContain('alice');
});
