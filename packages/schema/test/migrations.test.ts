import { expect, test } from 'vitest';
import { migrationPath, SCHEMA_VERSION } from '../src/index.ts';
import { schemaErrorOf } from './support/code-of.ts';

test('a document without a version is brought to today from the spellings of the original', () => {
  for (const metadata of [
    { id: 5 },
    { id: 5, schema_version: 0 },
    { id: 5, schema_version: null },
  ]) {
    const path = migrationPath(metadata);
    expect(path.metadata(metadata)).toMatchObject({ conversation_id: '5' });
    expect(path.message({ date: '2023-11-15 12:30' }, '7')).toEqual({
      id: 7,
      date: '2023-11-15T12:30:00Z',
    });
  }
});

test('a document of the present version stays as it is', () => {
  const metadata = { id: 5, schema_version: SCHEMA_VERSION };
  const path = migrationPath(metadata);
  const message = { date: '2023-11-15 12:30' };
  expect(path.metadata(metadata)).toBe(metadata);
  expect(path.message(message, '7')).toBe(message);
});

test('a document of a newer version is refused, with what to do', () => {
  for (const version of [SCHEMA_VERSION + 1, 99]) {
    const error = schemaErrorOf(() => migrationPath({ schema_version: version }));
    expect(error.code).toBe('SCHEMA_VERSION_TOO_NEW');
    expect(error.message).toBe(
      `written in format ${version}, this release reads up to ${SCHEMA_VERSION}; update tgstore`,
    );
  }
});
