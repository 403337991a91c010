import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { gzipSync } from 'node:zlib';
import { runTypeScript, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import type { BackupErrorCode } from '../src/index.ts';
import { NAME, refusalOf } from './support/refused.ts';
import { START, tempStore } from './support/store.ts';
import {
  archiveOf,
  END,
  type Entry,
  entryBytes,
  gnuLongName,
  manifestOf,
  pax,
  tarOf,
  withChecksum,
} from './support/tar.ts';
import { filesOf } from './support/tree.ts';

// The manifests tell the truth of what is in the archives, so that each is refused for the one thing that is wrong.

type Hostile = [title: string, archive: Buffer, code: BackupErrorCode];

const GOOD: Entry = { name: 'a.json', content: 'theirs' };
const LONG = 'a long name, '.repeat(10);

/** An archive whose entry has another name than its header says, by a PAX header. */
const renamed = (path: string): Buffer => renamedAs(path, path);

const renamedAs = (path: string, name: string): Buffer =>
  archiveOf([pax({ path }), { ...GOOD, listed: { name } }]);

const NAMES = [
  '/x',
  '//x',
  '/etc/passwd',
  '../x',
  '../../x',
  '../store/victim.json',
  'a/../../x',
  './x',
  './../x',
  'a/b.json',
  '.',
  '..',
  '...',
  '.hidden',
  '.restore',
  '..\\x',
  'a\\b.json',
  '\\x',
  '\\\\server\\share\\x',
  'C:x',
  'C:\\x',
  'c:/x',
  'a.json:stream',
  'a.json::$DATA',
  'con',
  'CON.json',
  'Aux',
  'nul.tar.gz',
  'com1',
  'LPT9.txt',
  'a.json.',
  'a.json ',
  ' a.json',
  'a*',
  'a?',
  'a"b',
  'a|b',
  '<a>',
  'a\nb',
  'a\x1b[2Jb',
  'a\rb',
  '\x7f',
  '\x9b2J',
];

const HOSTILE: readonly Hostile[] = [
  ...NAMES.map(
    (name): Hostile => [
      `a name ${JSON.stringify(name)}`,
      archiveOf([{ name, content: 'x' }]),
      'BACKUP_UNSAFE',
    ],
  ),
  ...['/x', '../x', 'a/../../x', 'a/b', '..', '.hidden', '..\\x', 'C:x', 'nul', 'a\x1b[2J'].map(
    (name): Hostile => [`a PAX path ${JSON.stringify(name)}`, renamed(name), 'BACKUP_UNSAFE'],
  ),
  ...['../x', '/x', 'a/b', LONG.repeat(2).slice(0, 256), 'a\\b'].map(
    (name): Hostile => [
      `a long name of GNU tar ${JSON.stringify(name)}`,
      archiveOf([gnuLongName(name), { ...GOOD, listed: { name } }]),
      'BACKUP_UNSAFE',
    ],
  ),
  ['a PAX path with NUL', renamed('a.json\0../x'), 'BACKUP_DAMAGED'],
  [
    'a PAX path with NUL, of which half is listed',
    renamedAs('../x\0a.json', '../x'),
    'BACKUP_UNSAFE',
  ],
  ['a PAX path in a PAX path', renamedAs('a\n13 path=../x', '../x'), 'BACKUP_UNSAFE'],
  ['a name that is too long', renamed('x'.repeat(256)), 'BACKUP_UNSAFE'],
  ['a name without end', renamed('x'.repeat(70_000)), 'BACKUP_UNSAFE'],
  [
    'a PAX header without end',
    archiveOf([pax({ comment: 'x'.repeat(70_000) }), GOOD]),
    'BACKUP_UNSAFE',
  ],
  ['no name', archiveOf([{ name: '', content: 'x' }]), 'BACKUP_DAMAGED'],
  ['a name for a directory', archiveOf([{ name: 'a.json/' }]), 'BACKUP_UNSAFE'],
  [
    'a name for a directory with content',
    archiveOf([{ name: 'a.json/', content: 'x' }]),
    'BACKUP_DAMAGED',
  ],
  ['a prefix in its header', gzipSync(withPrefix(tarOf([GOOD]), '..')), 'BACKUP_UNSAFE'],
  ...(
    [
      ['a symbolic link', { type: '2', linkname: '/etc/passwd' }],
      ['a symbolic link to beside it', { type: '2', linkname: 'victim.json' }],
      ['a symbolic link that leads nowhere', { type: '2', linkname: '../nowhere' }],
      ['a symbolic link without target', { type: '2' }],
      ['a hard link', { type: '1', linkname: 'victim.json' }],
      ['a hard link to elsewhere', { type: '1', linkname: '../x' }],
      ['a hard link with content', { type: '1', linkname: '/etc/passwd', content: 'x' }],
      ['a file that has a link target', { type: '0', linkname: '../x', content: 'x' }],
      ['a character device', { type: '3' }],
      ['a block device', { type: '4' }],
      ['a directory', { type: '5' }],
      ['a pipe', { type: '6' }],
      ['a contiguous file', { type: '7', content: 'x' }],
      ['a directory of GNU tar', { type: 'D', content: 'x' }],
      ['the rest of a file', { type: 'M', content: 'x' }],
      ['a sparse file', { type: 'S', content: 'x' }],
      ['the label of a volume', { type: 'V' }],
      ['a type that is none', { type: '!', content: 'x' }],
    ] as const
  ).map(
    ([title, entry]): Hostile => [
      title,
      archiveOf([{ name: 'a.json', ...entry }]),
      ['a symbolic link without target', 'a file that has a link target'].includes(title)
        ? 'BACKUP_DAMAGED'
        : 'BACKUP_UNSAFE',
    ],
  ),
  [
    'a symbolic link, and a file through it',
    archiveOf([{ name: 'a', type: '2', linkname: '..', listed: null }, { name: 'a/x' }]),
    'BACKUP_UNSAFE',
  ],
  [
    'a symbolic link, and a file of its name',
    archiveOf([{ name: 'a', type: '2', linkname: '../x', listed: null }, { name: 'a' }]),
    'BACKUP_UNSAFE',
  ],
  ['a name twice', archiveOf([GOOD, GOOD]), 'BACKUP_UNSAFE'],
  [
    'a name twice, listed once',
    archiveOf([GOOD, { ...GOOD, content: 'other', listed: null }]),
    'BACKUP_UNSAFE',
  ],
  ['two names that differ in case', archiveOf([GOOD, { name: 'A.JSON' }]), 'BACKUP_UNSAFE'],
  [
    'two names that differ in how an accent is written',
    archiveOf([{ name: '\u00e9' }, { name: 'e\u0301' }]),
    'BACKUP_UNSAFE',
  ],
  [
    'two names that differ in both',
    archiveOf([{ name: '\u00c9' }, { name: 'e\u0301' }]),
    'BACKUP_UNSAFE',
  ],
  [
    'a name twice, once by PAX',
    archiveOf([GOOD, pax({ path: 'a.json' }), { name: 'b', listed: { name: 'a.json' } }]),
    'BACKUP_UNSAFE',
  ],
  ['an entry after the manifest', archiveOf([], { after: [GOOD] }), 'BACKUP_UNSAFE'],
  [
    'two manifests',
    archiveOf([], { after: [{ name: 'manifest.json', content: JSON.stringify(manifestOf([])) }] }),
    'BACKUP_UNSAFE',
  ],
  [
    'a manifest in capitals besides',
    archiveOf([{ name: 'MANIFEST.JSON', content: 'x' }]),
    'BACKUP_UNSAFE',
  ],
  [
    'a manifest in capitals only',
    gzipSync(
      Buffer.concat([
        entryBytes({ name: 'Manifest.json', content: JSON.stringify(manifestOf([])) }),
        END,
      ]),
    ),
    'BACKUP_DAMAGED',
  ],
  [
    'a manifest that is a link',
    gzipSync(
      Buffer.concat([entryBytes({ name: 'manifest.json', type: '2', linkname: 'a.json' }), END]),
    ),
    'BACKUP_UNSAFE',
  ],
];

describe('an archive is refused, and nothing is changed, that has', () => {
  test.each(HOSTILE)('%s', { timeout: 10_000 }, async (_, archive, code) => {
    expect(await refusalOf(archive)).toBe(code);
  });
});

const SIZES: [title: string, entries: Entry[]][] = [
  ['a PAX size that is larger', [pax({ size: '1024' }), GOOD]],
  ['a PAX size that is smaller', [pax({ size: '1' }), GOOD]],
  ['a PAX size of nothing', [pax({ size: '0' }), GOOD]],
  ['a PAX size without end', [pax({ size: '1e30' }), GOOD]],
  ['a global PAX size', [pax({ size: '512' }, 'g'), GOOD]],
  ['a PAX size for the PAX header after it', [pax({ size: '2048' }), pax({ path: 'b' }), GOOD]],
  ['a size that is larger', [{ ...GOOD, size: '00000001000\0' }]],
  ['a size that is smaller', [{ ...GOOD, size: '00000000001\0' }]],
  ['a size that is no number', [{ ...GOOD, size: 'many       \0' }]],
  ['a size without digits', [{ ...GOOD, size: Buffer.alloc(12) }]],
  ['a negative size', [{ ...GOOD, size: Buffer.alloc(12, 0xff) }]],
  ['a negative octal size', [{ ...GOOD, size: '-0000000006\0' }]],
  ['a size of 8 GiB', [{ ...GOOD, size: Buffer.from([0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]) }]],
  [
    'a size that no number can say',
    [{ ...GOOD, size: Buffer.from([0x80, ...Buffer.alloc(11, 0xff)]) }],
  ],
  ['a negative size of a directory', [{ name: 'a', type: '5', size: Buffer.alloc(12, 0xff) }]],
  ['a PAX header with a negative size', [{ ...pax({ path: 'b' }), size: Buffer.alloc(12, 0xff) }]],
  ['a PAX header of 8 GiB', [{ ...pax({ path: 'b' }), size: '77777777777\0' }]],
];

describe('an archive is refused, without hanging, that has', () => {
  test.each(SIZES)('%s', { timeout: 10_000 }, async (_, entries) => {
    expect(await refusalOf(archiveOf(entries))).toMatch(/^BACKUP_(DAMAGED|UNSAFE)$/);
  });
});

const TRUTH = manifestOf([GOOD]);
const [FILE] = TRUTH.files as Record<string, unknown>[];

const MANIFESTS: [title: string, manifest: unknown, code: BackupErrorCode][] = [
  ['is empty', '', 'BACKUP_DAMAGED'],
  ['is garbage', 'garbage', 'BACKUP_DAMAGED'],
  ['is half of one', JSON.stringify(TRUTH).slice(0, -2), 'BACKUP_DAMAGED'],
  ['is followed by something', `${JSON.stringify(TRUTH)} x`, 'BACKUP_DAMAGED'],
  ['is followed by NUL', `${JSON.stringify(TRUTH)}\0`, 'BACKUP_DAMAGED'],
  ['is null', 'null', 'BACKUP_DAMAGED'],
  ['is a list', '[]', 'BACKUP_DAMAGED'],
  ['is no UTF-8', Buffer.from(JSON.stringify(TRUTH), 'utf16le'), 'BACKUP_DAMAGED'],
  ['nests without end', '['.repeat(60_000), 'BACKUP_DAMAGED'],
  ['is of something else', { ...TRUTH, format: 'other' }, 'BACKUP_DAMAGED'],
  ['has no format', { ...TRUTH, format: undefined }, 'BACKUP_DAMAGED'],
  ['has no version', { ...TRUTH, format_version: undefined }, 'BACKUP_DAMAGED'],
  ['has a version in words', { ...TRUTH, format_version: '2' }, 'BACKUP_DAMAGED'],
  ['is of a newer version', { ...TRUTH, format_version: 2 }, 'BACKUP_TOO_NEW'],
  [
    'is of a newer version, and has nothing else',
    { format: TRUTH.format, format_version: 99 },
    'BACKUP_TOO_NEW',
  ],
  ['has no time', { ...TRUTH, created_at: undefined }, 'BACKUP_DAMAGED'],
  ['has a time that is none', { ...TRUTH, created_at: 'yesterday' }, 'BACKUP_DAMAGED'],
  ['has a tag that is none', { ...TRUTH, tag: {} }, 'BACKUP_DAMAGED'],
  ['has no files', { ...TRUTH, files: undefined }, 'BACKUP_DAMAGED'],
  ['has files that are no list', { ...TRUTH, files: { 0: FILE, length: 1 } }, 'BACKUP_DAMAGED'],
  ['has a file that is null', { ...TRUTH, files: [null] }, 'BACKUP_DAMAGED'],
  ['has no counts', { ...TRUTH, counts: undefined }, 'BACKUP_DAMAGED'],
  [
    'counts a file too many',
    { ...TRUTH, counts: { files: 2, bytes: 6, messages: 0 } },
    'BACKUP_DAMAGED',
  ],
  [
    'counts a byte too many',
    { ...TRUTH, counts: { files: 1, bytes: 7, messages: 0 } },
    'BACKUP_DAMAGED',
  ],
  [
    'counts a message too many',
    { ...TRUTH, counts: { files: 1, bytes: 6, messages: 1 } },
    'BACKUP_DAMAGED',
  ],
  ['lists a file that is not there', manifestOf([GOOD, { name: 'b.json' }]), 'BACKUP_DAMAGED'],
  ['lists itself', manifestOf([GOOD, { name: 'manifest.json' }]), 'BACKUP_DAMAGED'],
  ['does not list a file', manifestOf([]), 'BACKUP_DAMAGED'],
  ['lists a file twice', manifestOf([GOOD, GOOD]), 'BACKUP_DAMAGED'],
  ['lists it under another name', manifestOf([{ ...GOOD, name: 'A.json' }]), 'BACKUP_DAMAGED'],
  ['lists it under a path', manifestOf([{ ...GOOD, name: './a.json' }]), 'BACKUP_DAMAGED'],
  ['lists another file', manifestOf([{ ...GOOD, name: '../x' }]), 'BACKUP_DAMAGED'],
  ['says another size', manifestOf([{ ...GOOD, listed: { size: 7 } }]), 'BACKUP_DAMAGED'],
  ['says a size in words', manifestOf([{ ...GOOD, listed: { size: '6' } }]), 'BACKUP_DAMAGED'],
  ['says another hash', manifestOf([{ ...GOOD, content: 'others' }]), 'BACKUP_DAMAGED'],
  ['says no hash', manifestOf([{ ...GOOD, listed: { sha256: '' } }]), 'BACKUP_DAMAGED'],
  [
    'says the hash in capitals',
    manifestOf([{ ...GOOD, listed: { sha256: String(FILE?.sha256).toUpperCase() } }]),
    'BACKUP_DAMAGED',
  ],
  ['says __proto__ has it all', `{"__proto__":${JSON.stringify(TRUTH)}}`, 'BACKUP_DAMAGED'],
  [
    'says __proto__ of a file has it all',
    JSON.stringify({ ...TRUTH, files: 0 }).replace(
      '"files":0',
      `"files":[{"__proto__":${JSON.stringify(FILE)}}]`,
    ),
    'BACKUP_DAMAGED',
  ],
  [
    'is larger than that of so few files',
    `${JSON.stringify(TRUTH)}${' '.repeat(70_000)}`,
    'BACKUP_UNSAFE',
  ],
];

describe('an archive is refused, and nothing is changed, whose manifest', () => {
  test.each(MANIFESTS)('%s', { timeout: 10_000 }, async (_, manifest, code) => {
    expect(await refusalOf(archiveOf([GOOD], { manifest }))).toBe(code);
  });

  test('is missing', async () => {
    const withoutManifest = Buffer.concat([entryBytes(GOOD), END]);
    expect(await refusalOf(gzipSync(withoutManifest))).toBe('BACKUP_DAMAGED');
  });
});

const ZIP = Buffer.from('504b0304140000000000', 'hex');

const OTHERS: [title: string, archive: Buffer][] = [
  ['an empty file', Buffer.alloc(0)],
  ['one byte', Buffer.from([0x1f])],
  ['the beginning of a gzip header', Buffer.from([0x1f, 0x8b, 8, 0])],
  ['text', Buffer.from('This is no archive.\n'.repeat(100))],
  ['JSON', Buffer.from(JSON.stringify(TRUTH))],
  ['zeros', Buffer.alloc(10_240)],
  ['a zip archive', ZIP],
  ['a tar without compression', tarOf([GOOD])],
  ['gzip of nothing', gzipSync('')],
  ['gzip of one byte', gzipSync('x')],
  ['gzip of text', gzipSync('This is no archive.\n'.repeat(100))],
  ['gzip of zeros', gzipSync(Buffer.alloc(10_240))],
  ['gzip of less than a block', gzipSync(tarOf([GOOD]).subarray(0, 511))],
  ['gzip in gzip', gzipSync(gzipSync(tarOf([GOOD])))],
  ['gzip of a gzip of zeros', gzipSync(gzipSync(Buffer.alloc(1_000_000)))],
  ['zstd in gzip', gzipSync(Buffer.from('28b52ffd0458010000', 'hex'))],
  ['a tar that ends within a file', gzipSync(tarOf([GOOD]).subarray(0, 512 + 3))],
  ['a tar that ends after a file', gzipSync(tarOf([GOOD]).subarray(0, 1024))],
  ['a tar that ends before the manifest’s content', gzipSync(tarOf([GOOD]).subarray(0, 1536))],
  ['bytes after its end', Buffer.concat([archiveOf([GOOD]), Buffer.from('x')])],
  ['zeros after its end', Buffer.concat([archiveOf([GOOD]), Buffer.alloc(512)])],
  ['itself after its end', Buffer.concat([archiveOf([GOOD]), archiveOf([GOOD]).subarray(0, -1)])],
  [
    'much after the end of the tar',
    gzipSync(tarOf([GOOD], { end: Buffer.concat([END, Buffer.alloc(600_000, 'more')]) })),
  ],
];

describe('as BACKUP_DAMAGED is refused', () => {
  test.each(OTHERS)('%s', { timeout: 10_000 }, async (_, archive) => {
    expect(await refusalOf(archive)).toBe('BACKUP_DAMAGED');
  });

  test('gzip that is called zstd, where Node has that', async () => {
    const code = await refusalOf(archiveOf([GOOD]), { name: '20261123T014500Z.tar.zst' });
    expect(code).toBe('createZstdCompress' in zlib ? 'BACKUP_DAMAGED' : 'BACKUP_UNSUPPORTED');
  });
});

test('much after the end of the tar is refused quickly', { timeout: 10_000 }, async () => {
  const end = Buffer.concat([END, Buffer.alloc(40_000_000, 1)]);
  expect(await refusalOf(gzipSync(tarOf([GOOD], { end }), { level: 1 }))).toBe('BACKUP_DAMAGED');
});

test('zeros after the end of the tar are read in bounded memory', { timeout: 30_000 }, async () => {
  const end = Buffer.alloc(60_000_000);
  const { code, grownBy } = await measured(gzipSync(tarOf([GOOD], { end }), { level: 1 }));
  expect(code).toBe('verified');
  expect(grownBy).toBeLessThan(100_000_000);
});

test('a bomb of zeros is refused quickly, in bounded memory', { timeout: 30_000 }, async () => {
  // 800 MB of zeros in some 800 kB: one file, and each part of it compressed for itself
  const zeros = gzipSync(Buffer.alloc(16_000_000), { level: 9 });
  const size = `${(800_000_000).toString(8).padStart(11, '0')}\0`;
  const head = gzipSync(entryBytes({ name: 'a.json', size }));
  const bomb = Buffer.concat([head, ...Array.from({ length: 50 }, () => zeros)]);
  expect(bomb.length).toBeLessThan(1_000_000);
  const { code, grownBy, milliseconds } = await measured(bomb);
  expect(code).toBe('BACKUP_UNSAFE');
  expect(grownBy).toBeLessThan(100_000_000);
  expect(milliseconds).toBeLessThan(5_000);
  expect(await refusalOf(bomb)).toBe('BACKUP_UNSAFE');
});

test('a small bomb, which harms nobody, is what its manifest says or damaged', async () => {
  const zeros = Buffer.alloc(3_000_000);
  expect(await refusalOf(archiveOf([{ ...GOOD, content: zeros, listed: { size: 1 } }]))).toBe(
    'BACKUP_DAMAGED',
  );
});

const HARMLESS: [title: string, archive: Buffer, files: Record<string, string>][] = [
  ['as tests make them', archiveOf([GOOD]), { 'a.json': 'theirs' }],
  ['of no files', archiveOf([]), {}],
  [
    'with names that are properties of objects',
    archiveOf(['__proto__', 'constructor', 'toString'].map((name) => ({ name, content: name }))),
    JSON.parse('{"__proto__":"__proto__","constructor":"constructor","toString":"toString"}'),
  ],
  [
    'with a long name of GNU tar',
    archiveOf([gnuLongName(`${LONG}x`), { ...GOOD, listed: { name: `${LONG}x` } }]),
    { [`${LONG}x`]: 'theirs' },
  ],
  ['with a PAX path that is a plain name', renamed(`${LONG}x`), { [`${LONG}x`]: 'theirs' }],
  [
    'with a file as it was before POSIX',
    archiveOf([{ ...GOOD, type: '\0' }]),
    { 'a.json': 'theirs' },
  ],
  ...(
    [
      ['is negative', [pax({ size: '-1' }), GOOD]],
      ['is no number', [pax({ size: 'many' }), GOOD]],
      ['is garbage', [{ ...pax({}), content: 'no PAX header at all' }, GOOD]],
      ['has a wrong length', [{ ...pax({}), content: '9 path=../x\n' }, GOOD]],
      ['is a name for all', [pax({ path: '../x' }, 'g'), GOOD]],
    ] satisfies [string, Entry[]][]
  ).map(([title, entries]): [string, Buffer, Record<string, string>] => [
    `with a PAX header that ${title}, which is not believed`,
    archiveOf(entries),
    { 'a.json': 'theirs' },
  ]),
  ['with a comment for all', archiveOf([pax({ comment: 'x' }, 'g'), GOOD]), { 'a.json': 'theirs' }],
  [
    'with more zeros at its end, as GNU tar writes',
    gzipSync(tarOf([GOOD], { end: Buffer.alloc(20 * 512) })),
    { 'a.json': 'theirs' },
  ],
  [
    'in several gzip members',
    Buffer.concat([
      gzipSync(tarOf([GOOD]).subarray(0, 700)),
      gzipSync(tarOf([GOOD]).subarray(700)),
    ]),
    { 'a.json': 'theirs' },
  ],
];

describe('an archive is read and restored', () => {
  test.each(HARMLESS)('%s', async (_, archive, files) => {
    await using temp = await tempStore();
    const { id, path } = await temp.backups.createBackup();
    await writeFile(path, archive);
    await temp.backups.verifyBackup(id);
    await temp.backups.restoreBackup(id);
    expect(Object.entries(filesOf(temp.store))).toEqual(Object.entries(files).sort());
  });

  test('that GNU tar packed anew', async () => {
    await using temp = await tempStore();
    await temp.write({ 'a.json': 'a', 'b.json': 'b', ['c'.repeat(120)]: 'c' });
    const { id, path } = await temp.backups.createBackup();
    const files = filesOf(temp.store);
    execFileSync('mkdir', [join(temp.root, 'by hand')]);
    execFileSync('tar', ['-xzf', path, '-C', join(temp.root, 'by hand')]);
    const names = [...Object.keys(files), 'manifest.json'];
    execFileSync('tar', ['-czf', path, '-C', join(temp.root, 'by hand'), ...names]);
    await temp.backups.verifyBackup(id);
    const to = join(temp.root, 'elsewhere');
    await temp.backups.restoreBackup(id, { to });
    expect(filesOf(to)).toEqual(files);
    expect(temp.time).toBe(START);
  });
});

/** Verifies an archive in a process of its own. */
async function measured(
  archive: Buffer,
): Promise<{ code: string; grownBy: number; milliseconds: number }> {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, NAME), archive);
  const url = new URL('support/measure-verify.ts', import.meta.url);
  return JSON.parse(await runTypeScript(url, { args: [dir.path, '20261123'] }));
}

/** Puts a directory into the prefix of the first header. */
function withPrefix(tar: Buffer, prefix: string): Buffer {
  tar.write(prefix, 345);
  withChecksum(tar.subarray(0, 512));
  return tar;
}
