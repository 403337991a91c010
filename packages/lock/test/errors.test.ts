import { systemError } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { hasCode } from '../src/errors.ts';
import { LockError } from '../src/index.ts';

test('an error says what it is, of what, and why', () => {
  const cause = new Error('deep');
  const error = new LockError('LOCK_TIMEOUT', '/a', 'too long', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toBe('LockError: too long');
  expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', path: '/a', cause, holders: [] });
  expect(new LockError('LOCK_LOST', '/a', 'gone')).not.toHaveProperty('cause');
});

test('codes are found in errors only', () => {
  expect(hasCode(systemError('ENOENT'), 'EIO', 'ENOENT')).toBe(true);
  expect(hasCode(systemError('ENOENT'), 'EIO')).toBe(false);
  expect(hasCode(systemError('ENOENT'))).toBe(false);
  for (const other of [new Error('ENOENT'), { code: 'ENOENT' }, 'ENOENT', null, undefined])
    expect(hasCode(other, 'ENOENT')).toBe(false);
});
