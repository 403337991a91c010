import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { hashFile } from '../src/hash-file.ts';

test.each([0, 1, 511, 512, 3 * 1024 * 1024 + 1])('hashFile of %i bytes', async (size) => {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'a');
  const content = Buffer.alloc(size, 'content');
  await writeFile(path, content);
  expect(await hashFile(path)).toBe(createHash('sha256').update(content).digest('hex'));
});

test('hashFile of nothing is undefined, and other errors pass through', async () => {
  await using dir = await tempDirectory();
  expect(await hashFile(join(dir.path, 'a'))).toBeUndefined();
  await mkdir(join(dir.path, 'b'));
  const path = join(dir.path, 'b');
  await expect(hashFile(path)).rejects.toMatchObject({ code: 'EISDIR', path });
  await writeFile(join(dir.path, 'c'), '');
  await expect(hashFile(join(dir.path, 'c', 'd'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});
