// What can stand where a file or a directory is expected.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { OUTSIDE, STORE } from './sample-store.ts';

type Put = (path: string, root: string) => Promise<void>;

export const KINDS = {
  'a link to a file outside': (path, root) => symlink(join(root, OUTSIDE, 'file'), path),
  'a link to a directory outside': (path, root) => symlink(join(root, OUTSIDE, 'directory'), path),
  'a link to what would be new outside': (path, root) => symlink(join(root, OUTSIDE, 'new'), path),
  'a link to a file inside': (path, root) => symlink(join(root, STORE, 'b_processed.json'), path),
  'a link to itself': (path) => symlink(path, path),
  'a FIFO': async (path) => void execFileSync('mkfifo', [path]),
  'a socket': putSocket,
  'the device null': async (path) => void execFileSync('mknod', [path, 'c', '1', '3']),
  'the device zero': async (path) => void execFileSync('mknod', [path, 'c', '1', '5']),
  'an empty directory': (path) => mkdir(path),
  'a directory': async (path) => {
    await mkdir(path);
    await writeFile(join(path, 'somebody'), 'put this here\n');
  },
  'an empty file': (path) => writeFile(path, ''),
  'a file': (path) => writeFile(path, 'no JSON, no archive\n'),
} satisfies Record<string, Put>;

export type KindName = keyof typeof KINDS;

/** Why some of them can't be made here. */
export function lackOf(kind: KindName): string | undefined {
  if (process.platform === 'win32') return 'not on Windows';
  return kind.startsWith('the device') && process.getuid?.() !== 0 ? 'needs root' : undefined;
}

export async function putKind(kind: KindName, path: string, root: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  await KINDS[kind](path, root);
}

/** A socket that nobody listens to any more. */
async function putSocket(path: string): Promise<void> {
  const temporary = join(dirname(path), 's');
  const server = createServer().listen(temporary);
  await once(server, 'listening');
  await rename(temporary, path);
  server.close();
}
