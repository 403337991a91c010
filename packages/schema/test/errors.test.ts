import { expect, test } from 'vitest';
import { SchemaError } from '../src/index.ts';

test('an error says its name, code, problems, place and cause', () => {
  const cause = new Error('why');
  const problems = [{ path: 'messages.1', message: 'bad' }];
  const error = new SchemaError('SCHEMA_INVALID', 'bad', { problems, offset: 7, cause });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('SchemaError: bad');
  expect(error).toMatchObject({ code: 'SCHEMA_INVALID', problems, offset: 7, cause });
  expect(Object.keys(error)).not.toContain('name');
  const plain = new SchemaError('SCHEMA_INVALID_JSON', 'bad');
  expect(plain).toMatchObject({ problems: [], offset: undefined });
  expect(plain).not.toHaveProperty('cause');
});
