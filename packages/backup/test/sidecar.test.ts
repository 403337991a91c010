import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { archiveName } from '../src/archive-name.ts';
import { makeManifest } from '../src/manifest.ts';
import { readSidecar, writeSidecar } from '../src/sidecar.ts';
import { START } from './support/store.ts';

const PLAIN = archiveName({ time: START, tag: 'x', compression: 'gzip', encrypted: false });
const SECRET = archiveName({ time: START, tag: undefined, compression: 'gzip', encrypted: true });
const FILES = [{ name: 'alice.json', size: 7, sha256: 'a'.repeat(64), id: 'alice', messages: 3 }];
const SIZE = 100;
const SHA = 'b'.repeat(64);
const AT = new Date('2026-11-24T00:00:00Z');

test('it says what the archive says, its size and hash, and when it was verified', async () => {
  await using dir = await tempDirectory();
  const manifest = makeManifest(PLAIN, FILES);
  await writeSidecar(dir.path, PLAIN, { manifest, size: SIZE, sha256: SHA }, AT);
  expect(await readSidecar(dir.path, PLAIN, SIZE)).toEqual({
    created_at: '2026-11-23T01:45:00Z',
    tag: 'x',
    counts: { files: 1, bytes: 7, messages: 3 },
    archive: { size: SIZE, sha256: SHA },
    verified_at: '2026-11-24T00:00:00.000Z',
    files: FILES,
  });
});

test('of an encrypted archive it has counts, and not one name', async () => {
  await using dir = await tempDirectory();
  const manifest = makeManifest(SECRET, FILES);
  await writeSidecar(dir.path, SECRET, { manifest, size: SIZE, sha256: SHA }, AT);
  const text = await readFile(join(dir.path, '20261123T014500Z.manifest.json'), 'utf8');
  expect(text).not.toContain('alice');
  expect(JSON.parse(text)).not.toHaveProperty('files');
  expect((await readSidecar(dir.path, SECRET, SIZE))?.counts).toEqual(manifest.counts);
});

test('there is none where none was written, or where the archive has another size', async () => {
  await using dir = await tempDirectory();
  expect(await readSidecar(dir.path, PLAIN, SIZE)).toBeUndefined();
  const manifest = makeManifest(PLAIN, FILES);
  await writeSidecar(dir.path, PLAIN, { manifest, size: SIZE, sha256: SHA }, AT);
  expect(await readSidecar(dir.path, PLAIN, SIZE - 1)).toBeUndefined();
});

const VALID = {
  created_at: '2026-11-23T01:45:00Z',
  counts: { files: 1, bytes: 7, messages: 3 },
  archive: { size: SIZE, sha256: SHA },
};

test.each([
  ['', false],
  ['{', false],
  ['null', false],
  ['7', false],
  ['[]', false],
  ['{}', false],
  ['"text"', false],
  [JSON.stringify(VALID), true],
  [JSON.stringify({ ...VALID, verified_at: '2026-11-24T00:00:00Z', tag: 'x', more: 1 }), true],
  [JSON.stringify({ ...VALID, created_at: 7 }), false],
  [JSON.stringify({ ...VALID, created_at: 'yesterday' }), false],
  [JSON.stringify({ ...VALID, created_at: undefined }), false],
  [JSON.stringify({ ...VALID, tag: 7 }), false],
  [JSON.stringify({ ...VALID, verified_at: 7 }), false],
  [JSON.stringify({ ...VALID, verified_at: true }), false],
  [JSON.stringify({ ...VALID, verified_at: 'today' }), false],
  [JSON.stringify({ ...VALID, counts: undefined }), false],
  [JSON.stringify({ ...VALID, counts: { files: 1, bytes: 7 } }), false],
  [JSON.stringify({ ...VALID, counts: { bytes: 7, messages: 7 } }), false],
  [JSON.stringify({ ...VALID, counts: { files: 1, bytes: '7', messages: 3 } }), false],
  [JSON.stringify({ ...VALID, archive: SIZE }), false],
  [JSON.stringify({ ...VALID, archive: { size: SIZE } }), false],
  [JSON.stringify({ ...VALID, archive: { size: `${SIZE}`, sha256: SHA } }), false],
])('%s beside an archive is believed: %s', async (text, isBelieved) => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, '20261123T014500Z_x.manifest.json'), text);
  expect((await readSidecar(dir.path, PLAIN, SIZE)) !== undefined).toBe(isBelieved);
});
