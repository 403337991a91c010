import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countFiles,
  FORMAT_VERSION,
  isInstant,
  type ManifestFile,
  makeManifest,
  parseManifest,
  serializeManifest,
} from '../src/manifest.ts';

const SHA = 'a'.repeat(64);
const FILE: ManifestFile = { name: 'a.json', size: 7, sha256: SHA };
const NAME = { createdAt: '2026-11-23T01:45:00Z', tag: undefined };

test('a manifest says format, time, tag, counts and files, a file a line', () => {
  const files = [
    { ...FILE, id: 'a', status: 'processed', messages: 3, revision_id: 'r' },
    { ...FILE, name: 'b.json', messages: 4 },
  ];
  const manifest = makeManifest({ ...NAME, tag: 'x' }, files);
  expect(manifest).toEqual({
    format: 'tgstore-backup',
    format_version: FORMAT_VERSION,
    readable_by: expect.stringContaining('@tgstore/backup'),
    created_at: '2026-11-23T01:45:00Z',
    tag: 'x',
    counts: { files: 2, bytes: 14, messages: 7 },
    files,
  });
  const text = serializeManifest(manifest);
  const lines = text.split('\n');
  expect(lines).toHaveLength(5);
  expect(JSON.parse((lines[2] ?? '').replace(/,$/, ''))).toEqual(files[1]);
  expect(text.endsWith('\n]}\n')).toBe(true);
});

test('an archive without a tag has none in its manifest, and one without files is valid', () => {
  const manifest = makeManifest(NAME, []);
  expect('tag' in manifest).toBe(false);
  expect(manifest.counts).toEqual({ files: 0, bytes: 0, messages: 0 });
  expect(parseManifest(serializeManifest(manifest))).toEqual(manifest);
});

// fast-check prints seed and counterexample when it fails

test('what is written is read back, whatever the files are called', () => {
  const text = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
  const file = fc.record(
    {
      name: fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('__proto__', 'toString')),
      size: fc.maxSafeNat().map((size) => Math.floor(size / 1_000)),
      sha256: fc.stringMatching(/^[0-9a-f]{64}$/),
      id: text,
      status: text,
      messages: fc.nat(),
      revision_id: text,
    },
    { requiredKeys: ['name', 'size', 'sha256'] },
  );
  fc.assert(
    fc.property(fc.array(file), fc.constantFrom(undefined, 'tag'), (files, tag) => {
      const manifest = makeManifest({ ...NAME, tag }, files);
      const parsed = parseManifest(serializeManifest(manifest));
      expect(parsed).toEqual(JSON.parse(JSON.stringify(manifest)));
    }),
    { numRuns: 50 },
  );
});

test.each([
  ['no JSON', '', 'no JSON'],
  ['half of one', '{"format":"tgstore-backup"', 'no JSON'],
  ['null', 'null', 'not one of tgstore'],
  ['a number', '7', 'not one of tgstore'],
  ['a list', '[]', 'not one of tgstore'],
  ['text', '"tgstore-backup"', 'not one of tgstore'],
  ['an empty object', '{}', 'not one of tgstore'],
])('%s is no manifest', (_, text, problem) => {
  expect(parseManifest(text)).toEqual({ problem: expect.stringContaining(problem) });
});

const WRONG: [field: string, value: unknown, problem: string][] = [
  ['format', 'other', 'not one of tgstore'],
  ['format', ['tgstore-backup'], 'not one of tgstore'],
  ['format_version', undefined, 'not one of tgstore'],
  ['format_version', '1', 'not one of tgstore'],
  ['format_version', -1, 'not one of tgstore'],
  ['format_version', 1.5, 'not one of tgstore'],
  ['format_version', null, 'not one of tgstore'],
  ['created_at', undefined, 'no time'],
  ['created_at', 7, 'no time'],
  ['created_at', '', 'no time'],
  ['created_at', 'yesterday', 'no time'],
  ['created_at', '2026-11-23', 'no time'],
  ['created_at', '2026-13-23T01:45:00Z', 'no time'],
  ['created_at', '2026-11-23T01:45:00+02:00', 'no time'],
  ['tag', 7, 'wrong tag'],
  ['tag', null, 'wrong tag'],
  ['files', undefined, 'list of files'],
  ['files', {}, 'list of files'],
  ['files', 'a.json', 'list of files'],
  ['files', [null], 'list of files'],
  ['files', ['a.json'], 'list of files'],
  ['files', [[]], 'list of files'],
  ['counts', undefined, 'no counts'],
  ['counts', null, 'no counts'],
  ['counts', [1, 7, 0], 'no counts'],
  ['counts', { files: 2, bytes: 7, messages: 0 }, 'wrong count of files'],
  ['counts', { files: 1, bytes: 8, messages: 0 }, 'wrong count of bytes'],
  ['counts', { files: 1, bytes: 7, messages: 1 }, 'wrong count of messages'],
  ['counts', { files: '1', bytes: 7, messages: 0 }, 'wrong count of files'],
  ['counts', { bytes: 7, messages: 0 }, 'wrong count of files'],
  ['counts', { files: { toString: 1, valueOf: 1 }, bytes: 7, messages: 0 }, 'wrong count of files'],
];

test.each(WRONG)('%s of %j is refused', (field, value, problem) => {
  const text = JSON.stringify({ ...makeManifest(NAME, [FILE]), [field]: value });
  expect(parseManifest(text)).toEqual({ problem: expect.stringContaining(problem) });
});

test.each([
  ['name', undefined],
  ['name', 7],
  ['name', null],
  ['size', undefined],
  ['size', '7'],
  ['size', -1],
  ['size', 0.5],
  ['size', 2 ** 53],
  ['sha256', undefined],
  ['sha256', 'a'.repeat(63)],
  ['sha256', 'a'.repeat(65)],
  ['sha256', 'A'.repeat(64)],
  ['sha256', `${'a'.repeat(64)}\n`],
  ['sha256', [SHA]],
  ['id', 7],
  ['id', null],
  ['status', {}],
  ['messages', '3'],
  ['messages', -3],
  ['messages', null],
  ['revision_id', 7],
])('a file whose %s is %j is refused', (field, value) => {
  const files = [{ ...FILE, [field]: value }] as ManifestFile[];
  const text = JSON.stringify({ ...makeManifest(NAME, [FILE]), files });
  expect(parseManifest(text)).toEqual({ problem: expect.stringContaining('list of files') });
});

test('of a newer format only its version is looked at', () => {
  const newer = { format: 'tgstore-backup', format_version: FORMAT_VERSION + 1, files: 'others' };
  expect(parseManifest(JSON.stringify(newer))).toEqual(newer);
});

test('fields of later versions of the same format are let be', () => {
  const manifest = { ...makeManifest(NAME, [{ ...FILE, colour: 'red' } as ManifestFile]), more: 1 };
  expect(parseManifest(JSON.stringify(manifest))).toEqual(manifest);
});

test('countFiles takes a file without messages for one with none', () => {
  const files = [FILE, { ...FILE, size: 0 }, { ...FILE, messages: 5 }];
  expect(countFiles(files)).toEqual({ files: 3, bytes: 14, messages: 5 });
});

test('an instant has one form', () => {
  expect(isInstant('2026-11-23T01:45:00Z')).toBe(true);
  expect(isInstant('2026-11-23T01:45:00.123Z')).toBe(true);
  for (const other of [
    '2026-11-23T01:45Z',
    '2026-11-23 01:45:00Z',
    '2026-02-30T25:00:00Z',
    '',
    7,
  ]) {
    expect(isInstant(other)).toBe(false);
  }
});

test('what stands in place of a manifest is not shown', () => {
  expect(parseManifest('alice wrote')).toEqual({ problem: 'its manifest is no JSON' });
});
