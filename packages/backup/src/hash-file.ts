import { createHash } from 'node:crypto';
import { namePath } from '@tgstore/fs';
import { hasCode } from './errors.ts';
import { readRegular } from './read-regular.ts';

/** SHA-256 of a file, hexadecimal; `undefined` where there is none. */
export async function hashFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of readRegular(path, { chunkBytes: 1024 * 1024 })) hash.update(chunk);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw namePath(error, path);
  }
  return hash.digest('hex');
}
