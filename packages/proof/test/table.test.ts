import { expect, test } from 'vitest';
import { formatTable, putIntoDocument } from '../src/table.ts';

const EXT4 = { proof: 'power-cuts', what: 'ext4', cells: ['300 cuts', '0', '', '9 min', '1'] };
const XFS = { ...EXT4, what: 'xfs' };
const KILLS = { proof: 'kills', what: 'a | b', cells: ['5 kills', '0', '', '1 s', '2'] };

test('lines of a later run take the place of the same lines, and the others stay', () => {
  const empty = 'before\n<!-- prove -->\n<!-- /prove -->\nafter\n';
  const first = putIntoDocument(empty, [EXT4, XFS, KILLS]);
  expect(first).toBe(
    `before\n<!-- prove -->\n\n${formatTable([EXT4, XFS, KILLS])}\n\n<!-- /prove -->\nafter\n`,
  );
  const again = { ...XFS, cells: ['2 cuts', '1', '', '1 s', '3'] };
  expect(putIntoDocument(first, [again])).toBe(
    first.replace(
      formatTable([XFS]).split('\n')[2] ?? '',
      formatTable([again]).split('\n')[2] ?? '',
    ),
  );
});

test('a document without the marks is refused', () => {
  expect(() => putIntoDocument('no table\n', [EXT4])).toThrow('has no <!-- prove -->');
});
