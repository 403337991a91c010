import { expect, test } from 'vitest';
import { ExitCode } from '../src/exit-codes.ts';
import { explainError } from '../src/explain-error.ts';

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
  code: 'ENOSPC',
  syscall: 'write',
  path: '/disk/a',
});
const refused = Object.assign(new Error('EROFS: read-only file system, unlink'), {
  code: 'EROFS',
  syscall: 'unlink',
  path: '/disk/b',
});

test.each([
  ['AggregateError', new AggregateError([full, refused], 'both')],
  // as `await using` throws it where closing fails after the work
  ['SuppressedError', Object.assign(new Error('suppressed'), { suppressed: full, error: refused })],
])('of an %s what happened first says what it is, and all of it is told', (_, error) => {
  const { code, path, message, exitCode } = explainError(error);
  expect([code, path, exitCode]).toEqual(['ENOSPC', '/disk/a', ExitCode.failed]);
  expect(message).toMatch(
    /^no space left on the disk of \/disk\/a; .*; then \/disk\/b is on a read-only/,
  );
});

test('where nothing in it has a code, it is a fault of ours', () => {
  const { code } = explainError(new AggregateError([new Error('x'), full], 'both'));
  expect(code).toBe('UNEXPECTED');
});
