import * as fs from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type FileHandleLike, nodeFileSystem, renameDurably } from '@tgstore/fs';
import type {
  BackupContents,
  FileSnapshot,
  PutOptions,
  PutResult,
  RestoredFile,
} from './contents.ts';
import { isSafeName } from './entry-name.ts';
import { hasCode } from './errors.ts';
import { hashFile } from './hash-file.ts';
import { MANIFEST_NAME, type ManifestFile } from './manifest.ts';

/**
 * The files of a directory, for programs that replace files whole and never write into them; hidden ones and directories
 * below it are left out.
 */
export function directoryContents(directory: string): BackupContents {
  const path = resolve(directory);
  return {
    accepts: (name) => isSafeName(name) && name !== MANIFEST_NAME,
    workDirectory: join(path, '.restore'),
    async *snapshots() {
      const names = (await fs.readdir(path)).filter(isSafeName).sort();
      for (const name of names) {
        const snapshot = name === MANIFEST_NAME ? undefined : await open(join(path, name), name);
        if (snapshot) yield snapshot;
      }
    },
    put: async (file, options) => await put(file, join(path, file.name), options),
    wouldPut: async (file, options) => await wouldPut(file, join(path, file.name), options),
  };
}

/** `undefined` where it is gone, or no file. */
async function open(path: string, name: string): Promise<FileSnapshot | undefined> {
  try {
    // looked at first: to open a pipe waits for whoever writes into it
    if (!(await fs.lstat(path)).isFile()) return undefined;
    const handle = await nodeFileSystem.open(path, 'r');
    const { size } = await handle.stat().catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
    return {
      name,
      size,
      facts: {},
      bytes: () => read(handle, size),
      [Symbol.asyncDispose]: async () => await handle.close(),
    };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function* read(handle: FileHandleLike, size: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; position < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(READ_SIZE, size - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    // it became shorter
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function put(
  file: RestoredFile,
  target: string,
  { overwrite, putAside }: PutOptions,
): Promise<PutResult> {
  const result = await wouldPut(file, target, { overwrite });
  if (result === 'replaced') await putAside(target);
  if (result === 'replaced' || result === 'restored') await renameDurably(file.path, target);
  return result;
}

async function wouldPut(
  { sha256 }: Pick<ManifestFile, 'sha256'>,
  target: string,
  { overwrite }: Pick<PutOptions, 'overwrite'>,
): Promise<PutResult> {
  const present = await hashFile(target);
  if (present === undefined) return 'restored';
  if (present === sha256) return 'unchanged';
  return overwrite ? 'replaced' : 'existing';
}

const READ_SIZE = 1024 * 1024;
