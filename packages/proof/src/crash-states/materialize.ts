import { linkSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';
import type { Inode } from './disk.ts';
import type { CrashState } from './states.ts';

/** Puts a state of a disk into an empty directory. */
export function materialize(
  { directories, files }: Pick<CrashState, 'directories' | 'files'>,
  target: string,
): void {
  for (const path of directories) mkdirSync(join(target, path), { mode: 0o700 });
  const links = new Map<Inode, string>();
  for (const { path, inode, bytes } of files) {
    const at = join(target, path);
    const first = links.get(inode);
    if (first !== undefined) linkSync(first, at);
    else writeFileSync(at, bytes, { mode: 0o600 });
    links.set(inode, first ?? at);
    // nobody can prove that its maker is dead after another boot, so it is swept by age
    if (isTemporaryName(path.slice(path.lastIndexOf('/') + 1))) utimesSync(at, OLD, OLD);
  }
}

/** A fresh directory in memory where the system has such a place, else where temporary files are. */
export async function quickDirectory(): Promise<{ path: string } & AsyncDisposable> {
  const isThere = await access('/dev/shm', constants.W_OK).then(
    () => true,
    () => false,
  );
  const path = await mkdtemp(join(isThere ? '/dev/shm' : tmpdir(), 'tgstore-test-'));
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

const OLD = new Date(Date.now() - 3 * 24 * 60 * 60 * 1000);
