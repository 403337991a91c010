import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import type { FileSnapshot, ManifestFile } from '../src/index.ts';
import { END_OF_ARCHIVE, snapshotEntry, wholeEntry } from '../src/tar-entries.ts';
import { codeOf } from './support/errors.ts';
import { filesOf } from './support/tree.ts';

const MTIME = new Date('2026-11-23T01:45:00Z');

const NAMES = [
  'a',
  'größe 😀.json',
  'w'.repeat(99),
  'x'.repeat(100),
  'ö'.repeat(50),
  'y'.repeat(101),
  'ü'.repeat(127),
  'z'.repeat(255),
  '-rf',
  '100% = 1',
];

test.each([0, 1, 511, 512, 513, 1024, 70_000])(
  'an entry of %i bytes is a whole number of blocks, and tells of itself',
  async (size) => {
    const content = Buffer.alloc(size, 'content');
    const { bytes, file } = await entryOf(snapshot('a.json', [content]));
    expect(bytes).toHaveLength(512 + Math.ceil(size / 512) * 512);
    expect(bytes.subarray(512, 512 + size).equals(content)).toBe(true);
    expect(bytes.subarray(512 + size).every((byte) => byte === 0)).toBe(true);
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(file).toEqual({ name: 'a.json', size, sha256 });
    expect(Buffer.concat([...wholeEntry('a.json', content, MTIME)]).equals(bytes)).toBe(true);
  },
);

test('GNU tar lists one mode, no owner and one time, and unpacks names of any length', async () => {
  await using dir = await tempDirectory();
  const entries = await Promise.all(
    NAMES.map((name) => entryOf(snapshot(name, [Buffer.from(`content of ${name}`)]))),
  );
  const path = join(dir.path, 'all.tar');
  await writeFile(path, Buffer.concat([...entries.map(({ bytes }) => bytes), END_OF_ARCHIVE]));
  const listing = tar('--quoting-style=literal', '--utc', '--full-time', '-tvf', path);
  const lines = listing.trimEnd().split('\n');
  expect(lines).toHaveLength(NAMES.length);
  for (const [index, name] of NAMES.entries()) {
    const size = Buffer.byteLength(`content of ${name}`);
    expect(lines[index]).toMatch(new RegExp(`^-rw------- 0/0 +${size} 2026-11-23 01:45:00 `));
    expect(lines[index]?.slice(-name.length - 1)).toBe(` ${name}`);
  }
  tar('-xf', path, '-C', dir.path);
  const { 'all.tar': _, ...unpacked } = filesOf(dir.path);
  expect(unpacked).toEqual(Object.fromEntries(NAMES.map((name) => [name, `content of ${name}`])));
});

test('a file of 8 GiB and more has its size in a header of its own, as GNU tar reads it', async () => {
  await using dir = await tempDirectory();
  const size = 9 * 1024 ** 3;
  const huge: FileSnapshot = { ...snapshot('huge.json', []), size };
  const first = await snapshotEntry(huge, MTIME).next();
  const path = join(dir.path, 'huge.tar');
  await writeFile(path, first.value as Uint8Array);
  // it ends after the header, so tar complains, but has listed it by then
  expect(tarAnyhow('-tvf', path)).toMatch(new RegExp(` ${size} .* huge.json`));
});

test('a snapshot with facts has them in the manifest', async () => {
  const facts = { id: '42', status: 'processed', messages: 3, revision_id: 'r' };
  const { file } = await entryOf({ ...snapshot('a.json', [Buffer.from('x')]), facts });
  expect(file).toMatchObject({ name: 'a.json', size: 1, ...facts });
});

test.each([
  ['fewer', 2],
  ['more', 4],
  ['no', 1],
])('a snapshot that gives %s bytes than it said is refused', async (_, size) => {
  const chunks = size === 1 ? [] : [Buffer.from('ab'), Buffer.from('c')];
  const wrong = { ...snapshot('a.json', chunks), size };
  expect(await codeOf(entryOf(wrong))).toBe('BACKUP_DAMAGED');
});

test('what GNU tar writes of the same files differs in nothing but its owner and padding', async () => {
  await using dir = await tempDirectory();
  const content = Buffer.from('content');
  await writeFile(join(dir.path, 'a.json'), content, { mode: 0o600 });
  const path = join(dir.path, 'theirs.tar');
  const owner = ['--owner=:0', '--group=:0', '--numeric-owner', '--format=ustar', '--mode=600'];
  tar(...owner, `--mtime=${MTIME.toISOString()}`, '-cf', path, '-C', dir.path, 'a.json');
  const theirs = (await readFile(path)).subarray(0, 1024);
  const ours = Buffer.concat([...wholeEntry('a.json', content, MTIME)]);
  const fields = (block: Buffer) => [
    block.toString('latin1', 0, 100),
    Number.parseInt(block.toString('latin1', 100, 108), 8),
    Number.parseInt(block.toString('latin1', 124, 136), 8),
    Number.parseInt(block.toString('latin1', 136, 148), 8),
    block.toString('latin1', 156, 157),
    block.toString('latin1', 157, 263),
    block.toString('latin1', 512),
  ];
  expect(fields(ours)).toEqual(fields(theirs));
});

function snapshot(name: string, chunks: readonly Buffer[]): FileSnapshot {
  return {
    name,
    size: Buffer.concat(chunks).length,
    facts: {},
    async *bytes() {
      yield* chunks;
    },
    async [Symbol.asyncDispose]() {},
  };
}

async function entryOf(from: FileSnapshot): Promise<{ bytes: Buffer; file: ManifestFile }> {
  const chunks: Uint8Array[] = [];
  const entry = snapshotEntry(from, MTIME);
  for (;;) {
    const { done, value } = await entry.next();
    if (done) return { bytes: Buffer.concat(chunks), file: value };
    chunks.push(value);
  }
}

function tar(...args: string[]): string {
  return execFileSync('tar', args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
}

/** What tar prints, though it fails. */
function tarAnyhow(...args: string[]): string {
  try {
    execFileSync('tar', args, { encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
  throw new Error('tar should have failed');
}
