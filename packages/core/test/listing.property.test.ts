import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { compareMessageIds } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FileManager, type StoredFile } from '../src/index.ts';
import { StoreLayout } from '../src/layout.ts';
import { watching } from './support/faults.ts';

// fast-check prints seed and counterexample when it fails

const integer = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(String),
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String),
  // where fourteen, fifteen and sixteen digits meet
  fc
    .tuple(fc.constantFrom('', '-'), fc.constantFrom(14n, 15n, 16n), fc.bigInt(-2n, 2n))
    .map(([sign, digits, near]) => `${sign}${10n ** digits + near}`),
);
const nearlyInteger = fc.constantFrom(
  '-0',
  '00',
  '007',
  '-07',
  '-',
  '--1',
  '+1',
  '1e3',
  '0x1',
  '1 ',
  '~31',
  '1.5',
  '٣',
);
const text = fc.oneof(
  fc.constantFrom('ann', 'Ann', '~41nn', '@bob', 'con', '~63on', 'ünï', 'a_b', ''),
  fc.string({ maxLength: 5 }),
);
const suffix = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('_processed.json', '_unprocessed.json') },
  fc.constantFrom(
    '',
    '.json',
    '_processed',
    '_PROCESSED.json',
    '_processed.json.tmp',
    '_unprocessed_processed.json',
  ),
);
const name = fc
  .tuple(fc.oneof({ weight: 3, arbitrary: integer }, nearlyInteger, text), suffix)
  .map((parts) => parts.join(''))
  .filter((entry) => entry !== '' && !/[/\0]/.test(entry));

test('whatever the names, the listing is that of each name taken apart by itself', async () => {
  await using directory = await tempDirectory();
  const storageDir = join(directory.path, 'chats');
  await mkdir(storageDir);
  const layout = new StoreLayout(storageDir);
  let names: string[] = [];
  const fileSystem = watching(({ name }) => (name === 'readdir' ? { result: names } : undefined));
  const files = new FileManager({ storageDir, fileSystem });
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 30 }), async (found) => {
      names = ['.tgstore', ...found];
      const expected = listOneByOne(found, layout);
      expect(await files.listFiles()).toEqual(expected);
      expect(await files.listFiles({ settled: true })).toEqual(expected);
      for (const processed of [undefined, true, false]) {
        const wanted = expected.filter(
          ({ status }) => processed === undefined || (status === 'processed') === processed,
        );
        expect(await files.listConversations({ processed })).toEqual(wanted.map(({ id }) => id));
      }
    }),
    { numRuns: 2_000 },
  );
});

/** Unprocessed before processed, our name before a raw one. */
function listOneByOne(names: readonly string[], layout: StoreLayout): StoredFile[] {
  const rank = ({ status, canonical }: StoredFile): number =>
    (status === 'unprocessed' ? 0 : 2) + (canonical ? 0 : 1);
  const best = new Map<string, StoredFile>();
  for (const file of names.flatMap((entry) => layout.parse(entry) ?? [])) {
    const other = best.get(file.id);
    if (!other || rank(file) < rank(other)) best.set(file.id, file);
  }
  return [...best.values()].sort((a, b) => compareMessageIds(a.id, b.id));
}
