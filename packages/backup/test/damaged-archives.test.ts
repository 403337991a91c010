import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { announceSeed, createRandom, type Random, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { archiveName } from '../src/archive-name.ts';
import { directoryContents } from '../src/directory-contents.ts';
import type { WholeArchive } from '../src/manifest.ts';
import { readArchive } from '../src/read-archive.ts';
import { writeArchive } from '../src/write-archive.ts';
import { codeOf } from './support/errors.ts';
import { refusalOf } from './support/refused.ts';
import { START } from './support/store.ts';

const PLAIN = archiveName({ time: START, tag: undefined, compression: 'gzip', encrypted: false });
const ARCHIVE = await smallArchive();
const TAR = gunzipSync(ARCHIVE);

test('a small archive that is cut at any byte is damaged', async () => {
  await using dir = await tempDirectory();
  for (let length = 0; length < ARCHIVE.length; length++) {
    const code = await codeOf(read(dir.path, ARCHIVE.subarray(0, length)));
    expect(code, `cut at ${length}`).toBe('BACKUP_DAMAGED');
  }
  expect(await codeOf(read(dir.path, ARCHIVE))).toBeUndefined();
});

test('so it is for restore, and nothing is changed', async () => {
  for (let length = 0; length < ARCHIVE.length; length += 31) {
    expect(await refusalOf(ARCHIVE.subarray(0, length))).toBe('BACKUP_DAMAGED');
  }
});

test('a tar that is cut, and compressed, is damaged unless only its end is', async () => {
  await using dir = await tempDirectory();
  const random = createRandom(announceSeed());
  // behind this stand zeros only
  const end = TAR.lastIndexOf('}') + 2;
  for (let length = 0; length < end; length += random.int(1, 70)) {
    const code = await codeOf(read(dir.path, gzipSync(TAR.subarray(0, length))));
    expect(code, `cut at ${length}`).toBe('BACKUP_DAMAGED');
  }
  for (let length = end; length < TAR.length; length += random.int(1, 100)) {
    const code = await codeOf(read(dir.path, gzipSync(TAR.subarray(0, length))));
    expect([undefined, 'BACKUP_DAMAGED'], `cut at ${length}`).toContain(code);
  }
});

test('a tar with something after its end is damaged, though gzip is right', async () => {
  await using dir = await tempDirectory();
  const zeros = (size: number) => Buffer.alloc(size);
  for (const after of [
    TAR,
    Buffer.concat([zeros(512), TAR]),
    Buffer.concat([zeros(2_000), Buffer.from('x')]),
    Buffer.concat([zeros(300_000), TAR.subarray(0, 700)]),
    Buffer.from('x'),
  ]) {
    const code = await codeOf(read(dir.path, gzipSync(Buffer.concat([TAR, after]))));
    expect(code, `${after.length} bytes`).toBe('BACKUP_DAMAGED');
  }
  expect(
    await codeOf(read(dir.path, gzipSync(Buffer.concat([TAR, zeros(5_000)])))),
  ).toBeUndefined();
});

test('a flipped bit at any byte of a small archive is noticed, but for notes in the gzip header', async () => {
  await using dir = await tempDirectory();
  const random = createRandom(announceSeed());
  const { manifest } = await read(dir.path, ARCHIVE);
  for (let byte = 0; byte < ARCHIVE.length; byte++) {
    // all of header, checksum and length, and one of each byte between
    const isEdge = byte < 10 || byte >= ARCHIVE.length - 8;
    const bits = isEdge ? [0, 1, 2, 3, 4, 5, 6, 7] : [random.int(0, 7)];
    for (const bit of bits) {
      const bytes = Buffer.from(ARCHIVE);
      bytes[byte] = (bytes[byte] ?? 0) ^ (1 << bit);
      const result = await read(dir.path, bytes).catch((error: unknown) => error);
      if (!isRead(result)) {
        expect(await codeOf(Promise.reject(result)), `byte ${byte}`).toBe('BACKUP_DAMAGED');
        continue;
      }
      // flags that mean nothing, time, level, system; and codes that stand for nothing in the text
      if (byte < 3 || byte > 9) expect(gunzipSync(bytes).equals(TAR), `byte ${byte}`).toBe(true);
      expect(result.manifest).toEqual(manifest);
    }
  }
});

test('a flipped bit in the tar is noticed, though gzip is right, unless no file is changed', async () => {
  await using dir = await tempDirectory();
  const random = createRandom(announceSeed());
  const { manifest } = await read(dir.path, ARCHIVE);
  const unread = unreadBytes(TAR);
  for (let byte = 0; byte < TAR.length; byte += random.int(1, 30)) {
    const bytes = Buffer.from(TAR);
    bytes[byte] = (bytes[byte] ?? 0) ^ (1 << random.int(0, 7));
    const result = await read(dir.path, gzipSync(bytes, { level: 1 })).catch((error) => error);
    if (isRead(result)) {
      expect(unread.has(byte) || isBlankZero(bytes, byte), `byte ${byte}`).toBe(true);
      expect(result.manifest.files).toEqual(manifest.files);
    } else expect(await codeOf(Promise.reject(result)), `byte ${byte}`).toMatch(/^BACKUP_/);
  }
});

test('garbage of any kind written over a part of it is noticed, and nothing hangs', async () => {
  const random = createRandom(announceSeed());
  await using dir = await tempDirectory();
  for (let round = 0; round < 100; round++) {
    const bytes = spoilt(random.chance(0.5) ? ARCHIVE : gzipSync(TAR), random);
    expect(await codeOf(read(dir.path, bytes)), `round ${round}`).toBe('BACKUP_DAMAGED');
  }
});

test('garbage in the tar ends with a code, or leaves what is restored as it was', async () => {
  const random = createRandom(announceSeed());
  await using dir = await tempDirectory();
  const { manifest } = await read(dir.path, ARCHIVE);
  for (let round = 0; round < 150; round++) {
    const bytes = gzipSync(spoilt(TAR, random), { level: 1 });
    const result = await read(dir.path, bytes).catch((error: unknown) => error);
    if (isRead(result)) expect(result.manifest).toEqual(manifest);
    else {
      expect(await codeOf(Promise.reject(result)), `round ${round}`).toMatch(
        /^BACKUP_(DAMAGED|UNSAFE|TOO_NEW)$/,
      );
    }
  }
});

/** Three small files and their manifest, as `createBackup` writes them. */
async function smallArchive(): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const files = { a: 'the content of a', b: '', c: 'that of c' };
  async function* snapshots() {
    for (const [name, content] of Object.entries(files)) {
      yield {
        name,
        size: content.length,
        facts: {},
        async *bytes() {
          yield Buffer.from(content);
        },
        async [Symbol.asyncDispose]() {},
      };
    }
  }
  const contents = { ...directoryContents('/'), snapshots };
  const write = async (chunk: Uint8Array) => void chunks.push(chunk);
  const options = { encrypter: undefined, signal: undefined, onFile: undefined };
  await writeArchive(PLAIN, contents, write, options);
  return Buffer.concat(chunks);
}

async function read(directory: string, archive: Uint8Array): Promise<WholeArchive> {
  const path = join(directory, PLAIN.name);
  await writeFile(path, archive);
  return await readArchive(path, PLAIN, {});
}

function isRead(value: unknown): value is WholeArchive {
  return typeof value === 'object' && value !== null && 'manifest' in value;
}

/** Offsets of bytes that say nothing of a file: behind contents, in the manifest's own words, and at the end. */
function unreadBytes(tar: Buffer): Set<number> {
  const unread = new Set<number>();
  const add = (start: number, end: number) => {
    for (let byte = start; byte < end; byte++) unread.add(byte);
  };
  let offset = 0;
  while (tar[offset] !== 0) {
    const size = Number.parseInt(tar.toString('latin1', offset + 124, offset + 136), 8);
    const end = offset + 512 + Math.ceil(size / 512) * 512;
    // what stands behind the digits of the checksum
    add(offset + 154, offset + 156);
    add(offset + 512 + size, end);
    if (tar.toString('latin1', offset, offset + 13) === 'manifest.json') {
      add(offset + 512, tar.indexOf('"files":[', offset));
    }
    offset = end;
  }
  add(offset, tar.length);
  return unread;
}

/** Whether the first digit of a checksum, a zero, became a blank: that is the same number. */
function isBlankZero(bytes: Buffer, byte: number): boolean {
  return byte % 512 === 148 && TAR[byte] === '0'.charCodeAt(0) && bytes[byte] === ' '.charCodeAt(0);
}

/** Bytes with a piece replaced, repeated, left out or put in. */
function spoilt(bytes: Buffer, random: Random): Buffer {
  const start = random.int(10, bytes.length - 20);
  const length = random.int(1, Math.min(600, bytes.length - start - 10));
  const garbage = Buffer.from(Array.from({ length }, () => random.int(0, 255)));
  const kinds = [
    [bytes.subarray(0, start), garbage, bytes.subarray(start + length)],
    [bytes.subarray(0, start), garbage, bytes.subarray(start)],
    [bytes.subarray(0, start), bytes.subarray(start + length)],
    [bytes.subarray(0, start + length), bytes.subarray(start)],
    [bytes.subarray(0, start), Buffer.alloc(length), bytes.subarray(start + length)],
  ];
  return Buffer.concat(random.pick(kinds));
}
