import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  archiveName,
  assertTag,
  type NameParts,
  parseArchiveName,
  sidecarName,
} from '../src/archive-name.ts';
import { BackupError } from '../src/errors.ts';

const TIME = Date.parse('2026-11-23T01:45:00Z');

const NAMES: [name: string, parts: NameParts][] = [
  [
    '20261123T014500Z.tar.gz',
    { time: TIME, tag: undefined, compression: 'gzip', encrypted: false },
  ],
  [
    '20261123T014500Z_pre-update.tar.gz',
    { time: TIME, tag: 'pre-update', compression: 'gzip', encrypted: false },
  ],
  [
    '20261123T014500Z.tar.zst',
    { time: TIME, tag: undefined, compression: 'zstd', encrypted: false },
  ],
  ['20261123T014500Z_a.tar.gz.age', { time: TIME, tag: 'a', compression: 'gzip', encrypted: true }],
  [
    '20261123T014500Z.tar.zst.age',
    { time: TIME, tag: undefined, compression: 'zstd', encrypted: true },
  ],
];

test.each(NAMES)('%s says time, tag, compression and encryption', (name, parts) => {
  const { time, ...rest } = parts;
  const expected = { ...rest, name, createdAt: '2026-11-23T01:45:00Z' };
  expect(archiveName(parts)).toMatchObject(expected);
  expect(parseArchiveName(name)).toEqual(archiveName(parts));
});

test('the id is the name without its endings, and the sidecar is named for it', () => {
  const name = parseArchiveName('20261123T014500Z_pre-update.tar.gz.age');
  expect(name?.id).toBe('20261123T014500Z_pre-update');
  expect(name && sidecarName(name)).toBe('20261123T014500Z_pre-update.manifest.json');
});

test('a part of a second is cut off, not rounded', () => {
  const parts = { tag: undefined, compression: 'gzip', encrypted: false } as const;
  expect(archiveName({ ...parts, time: TIME + 999 }).id).toBe('20261123T014500Z');
});

test.each([
  '',
  '20261123T014500Z',
  '20261123T014500Z.tar',
  '20261123T014500Z.tgz',
  '20261123T014500Z.tar.gz.tmp',
  '20261123T014500Z.tar.gz\n',
  ' 20261123T014500Z.tar.gz',
  '20261123T014500.tar.gz',
  '20261123t014500z.tar.gz',
  '2026-11-23T01:45:00Z.tar.gz',
  '20261123T014500Z.manifest.json',
  '20261123T014500Z_.tar.gz',
  '20261123T014500Z_Upper.tar.gz',
  '20261123T014500Z_a_b.tar.gz',
  '20261123T014500Z_a.b.tar.gz',
  '20261123T014500Z_größe.tar.gz',
  '20261123T014500Z.tar.age',
  '20261123T014500Z.tar.gz.AGE',
  '20261323T014500Z.tar.gz',
  '20260230T014500Z.tar.gz',
  '20261123T240000Z.tar.gz',
  '20261123T016000Z.tar.gz',
  '20261123T014560Z.tar.gz',
])('%j is no name of an archive', (name) => {
  expect(parseArchiveName(name)).toBeUndefined();
});

// fast-check prints seed and counterexample when it fails

test('what a name was made of comes back from it', () => {
  const parts = fc.record({
    time: fc.integer({
      min: Date.parse('0000-01-01T00:00:00Z'),
      max: Date.parse('9999-12-31T23:59:59Z'),
    }),
    tag: fc.option(fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/), { nil: undefined }),
    compression: fc.constantFrom('gzip' as const, 'zstd' as const),
    encrypted: fc.boolean(),
  });
  fc.assert(
    fc.property(parts, (made) => {
      assertTag(made.tag, '/backups');
      const name = archiveName(made);
      expect(parseArchiveName(name.name)).toEqual(name);
      const { time, ...rest } = made;
      expect(name).toMatchObject(rest);
      expect(Date.parse(name.createdAt)).toBe(Math.floor(time / 1000) * 1000);
    }),
    { numRuns: 2_000 },
  );
});

test('names sort as their times do', () => {
  const time = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59Z') / 1000 });
  fc.assert(
    fc.property(time, time, (one, other) => {
      const [a, b] = [one, other].map(
        (seconds) =>
          archiveName({
            time: seconds * 1000,
            tag: undefined,
            compression: 'gzip',
            encrypted: false,
          }).name,
      ) as [string, string];
      expect(a < b).toBe(one < other);
    }),
  );
});

test.each(['a', '7', 'pre-update', 'a--b', 'x'.repeat(40)])('%s can be a tag', (tag) => {
  expect(() => assertTag(tag, '/backups')).not.toThrow();
});

test.each([
  '',
  '-a',
  'a-',
  '-',
  'A',
  'a b',
  'a_b',
  'a.b',
  'a/b',
  '../a',
  'a\n',
  'ä',
  'x'.repeat(41),
])('%j cannot be a tag', (tag) => {
  const thrown = (() => {
    try {
      assertTag(tag, '/backups');
    } catch (error) {
      return error;
    }
  })();
  expect(thrown).toBeInstanceOf(BackupError);
  expect(thrown).toMatchObject({ code: 'BACKUP_INVALID_TAG', path: '/backups' });
});
