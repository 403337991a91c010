import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodeJpeg, tempDirectory, writeSampleExport, writeSampleMedia } from '../src/index.ts';

const options = { seed: 4, messages: 600 };

test('the last photos of the chats are written where their messages say', async () => {
  await using directory = await tempDirectory();
  const { path } = await writeSampleExport(directory.path, { ...options, defects: false });
  const media = await writeSampleMedia(directory.path, options);
  const written = await photosIn(directory.path);
  expect(written.length).toBe(media.files);
  expect(written.length).toBeGreaterThan(5);
  expect(media.bytes / media.files).toBeLessThan(60_000);
  const text = await readFile(path, 'utf8');
  for (const photo of written) expect(text).toContain(`"photo": "${photo}"`);
});

test('the same seed gives the same pictures, and another one others', async () => {
  const pictures = [];
  for (const seed of [4, 4, 5]) {
    await using directory = await tempDirectory();
    await writeSampleMedia(directory.path, { ...options, seed });
    const [first = ''] = await photosIn(directory.path);
    pictures.push((await readFile(join(directory.path, first))).toString('base64'));
  }
  expect(pictures[1]).toBe(pictures[0]);
  expect(pictures[2]).not.toBe(pictures[0]);
});

test('a picture is framed as JPEG, and sides need not divide by eight', () => {
  const picture = Buffer.from(encodeJpeg(13, 9, (x) => [x * 19, 0, 255]));
  expect(picture.subarray(0, 2).toString('hex')).toBe('ffd8');
  expect(picture.subarray(-2).toString('hex')).toBe('ffd9');
  const frame = picture.indexOf(Buffer.from([0xff, 0xc0]));
  expect([picture.readUInt16BE(frame + 5), picture.readUInt16BE(frame + 7)]).toEqual([9, 13]);
});

/** Relative to the export, in order. */
async function photosIn(directory: string): Promise<string[]> {
  const all = await readdir(directory, { recursive: true });
  return all
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.jpg'))
    .sort();
}
