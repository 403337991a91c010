import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { namePath, nodeFileSystem } from '../src/index.ts';

test.skipIf(process.platform === 'win32')('errors of an open file name it', async () => {
  await using dir = await tempDirectory();
  await using handle = await nodeFileSystem.open(dir.path, 'r');
  const bytes = new Uint8Array(1);
  for (const call of [handle.read(bytes, 0, 1, 0), handle.truncate(0)]) {
    const error = await call.catch((reason: Error) => reason);
    expect(error).toMatchObject({ path: dir.path, syscall: expect.any(String) });
    expect((error as Error).message).toContain(`'${dir.path}'`);
  }
});

test('what names a file already, or comes from no system call, stays as it is', () => {
  const path = join('a', 'b');
  const named = Object.assign(new Error('EIO'), { code: 'EIO', syscall: 'open', path });
  expect(namePath(named, 'other')).toBe(named);
  expect(named).toMatchObject({ path, message: 'EIO' });
  expect(namePath('text', path)).toBe('text');
  const other = new Error('another');
  expect(namePath(other, path)).toBe(other);
  expect(other).not.toHaveProperty('path');
});
