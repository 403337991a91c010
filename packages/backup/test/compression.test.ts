import { buffer } from 'node:stream/consumers';
import * as zlib from 'node:zlib';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { compressor, decompressor, withoutEmptyFrame } from '../src/compression.ts';

const hasZstd = 'createZstdCompress' in zlib;
const CONTENT = Buffer.from(
  Array.from({ length: 20_000 }, (_, index) => `${index * index} is a square\n`).join(''),
);

test('gzip is what any gunzip reads, and the level that tar takes', async () => {
  const packed = await through(compressor('gzip', 'a.tar.gz'), CONTENT);
  expect(gunzipSync(packed).equals(CONTENT)).toBe(true);
  const lengths = [1, 5, 6, 7, 9].map((level) => gzipSync(CONTENT, { level }).length);
  expect(lengths.map((length) => length === packed.length)).toEqual([
    false,
    false,
    true,
    false,
    false,
  ]);
  // no time and no name, so that the same bytes come each time
  expect(packed.subarray(0, 9)).toEqual(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0]));
});

test('gunzip reads what any gzip wrote', async () => {
  const unpacked = await through(decompressor('gzip', 'a.tar.gz'), gzipSync(CONTENT));
  expect(unpacked.equals(CONTENT)).toBe(true);
});

test.skipIf(hasZstd)('zstd is refused by a Node that lacks it', () => {
  for (const make of [compressor, decompressor]) {
    expect(() => make('zstd', '/backups/a.tar.zst')).toThrow(
      expect.objectContaining({ code: 'BACKUP_UNSUPPORTED', path: '/backups/a.tar.zst' }),
    );
  }
});

test.runIf(hasZstd)('zstd comes back (from Node 22.15 on)', async () => {
  const packed = await through(compressor('zstd', 'a.tar.zst'), CONTENT);
  expect(packed.readUInt32LE()).toBe(0xfd2fb528);
  expect((await through(decompressor('zstd', 'a.tar.zst'), packed)).equals(CONTENT)).toBe(true);
});

async function through(stream: ReturnType<typeof compressor>, bytes: Buffer): Promise<Buffer> {
  stream.end(bytes);
  return await buffer(stream);
}

test('what Node adds to zstd is taken away, in whatever pieces it comes, and nothing else', async () => {
  const empty = Buffer.from('28b52ffd2000010000', 'hex');
  const content = Buffer.from('content');
  const ends: [Buffer, Buffer][] = [
    [Buffer.concat([content, empty]), content],
    [Buffer.concat([content, empty, empty]), Buffer.concat([content, empty])],
    [Buffer.concat([content, empty, content]), Buffer.concat([content, empty, content])],
    [empty, Buffer.alloc(0)],
    [content, content],
    [Buffer.alloc(0), Buffer.alloc(0)],
  ];
  for (const [bytes, expected] of ends) {
    for (const size of [1, 2, 8, 9, 10, 100]) {
      const pieces = async function* () {
        for (let start = 0; start < bytes.length; start += size) {
          yield bytes.subarray(start, start + size);
        }
      };
      expect((await buffer(withoutEmptyFrame(pieces()))).equals(expected)).toBe(true);
    }
  }
});
