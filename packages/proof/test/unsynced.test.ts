import { expect, test } from 'vitest';
import { isUnsynced } from '../src/faults/unsynced.ts';

const calls = (...texts: string[]) =>
  texts.map((text) => ({ text, wasMadeToFail: text.endsWith('(INJECTED)') }));
const failed = (errno: string) => `fsync(9</s/chats>) = -1 ${errno} (…) (INJECTED)`;

test('a sync that failed is missing unless it was made again', () => {
  expect(isUnsynced(calls(failed('EIO')))).toBe(true);
  expect(isUnsynced(calls(failed('EINTR'), 'fsync(9</s/chats>) = 0'))).toBe(false);
  expect(isUnsynced(calls('fsync(9</s/chats>) = 0'))).toBe(false);
});

test('on a read-only disk a sync is missing where something changed since the last one', () => {
  const changed = 'rename("/s/chats/a", "/s/chats/b") = 0';
  expect(isUnsynced(calls(failed('EROFS')))).toBe(false);
  expect(isUnsynced(calls(changed, failed('EROFS')))).toBe(true);
  expect(isUnsynced(calls(changed, 'fsync(8</s/chats>) = 0', failed('EROFS')))).toBe(false);
  const made = 'openat(AT_FDCWD, "/s/chats/a", O_WRONLY|O_CREAT|O_EXCL, 0600) = 9</s/chats/a>';
  expect(isUnsynced(calls(made, failed('EROFS')))).toBe(true);
  const read = 'openat(AT_FDCWD, "/s/chats/a", O_RDONLY|O_CLOEXEC) = 9</s/chats/a>';
  expect(isUnsynced(calls(read, failed('EROFS')))).toBe(false);
  const inVain = 'mkdir("/s/chats/state", 0700) = -1 EEXIST (File exists)';
  expect(isUnsynced(calls(inVain, failed('EROFS')))).toBe(false);
  const locks = 'mkdir("/s/chats/locks", 0700) = 0';
  expect(isUnsynced(calls(locks, failed('EROFS')))).toBe(false);
  const written = 'pwrite64(9</s/chats/a>, ""..., 12, 0) = 12';
  const file = 'fsync(9</s/chats/a>) = -1 EROFS (…) (INJECTED)';
  expect(isUnsynced(calls(written, file))).toBe(true);
});
