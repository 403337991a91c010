import type { BigIntStats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { hasCode } from './errors.ts';

/** What a call of the file system resolves to; `undefined` where there is nothing at its path. */
export async function ifThere<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Links are not followed. */
export async function statIfThere(path: string): Promise<BigIntStats | undefined> {
  return await ifThere(fs.lstat(path, { bigint: true }));
}

export async function unlinkIfThere(path: string): Promise<void> {
  await ifThere(fs.unlink(path));
}

/** The names in a directory; none where it is missing. */
export async function namesIn(directory: string): Promise<string[]> {
  return (await ifThere(fs.readdir(directory))) ?? [];
}
