import { constants, lstatSync, watch } from 'node:fs';
import * as fs from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { hasCode } from './errors.ts';

/**
 * The calls by which the locks reach the disk, so that tests can schedule, stop and fail each of them. Errors are those of
 * `node:fs`.
 */
export interface LockFileSystem {
  /** The names in a directory. */
  list(directory: string): Promise<string[]>;
  /** The text of a regular file; never follows a link, never waits for a pipe. */
  read(path: string): Promise<string>;
  /** Makes a file that did not exist. */
  create(path: string, text: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** As {@link exists}, without giving way to others. */
  existsNow(path: string): boolean;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Forces a file or a directory to the disk. */
  sync(path: string): Promise<void>;
  /** Tells of changes to a file, and keeps no program running; `undefined` where that can't be. */
  watch(path: string, onChange: () => void): Watch | undefined;
}

export interface Watch {
  close(): void;
}

/** The disk of this machine. On Windows, renames and removals wait for programs that look into new files. */
export function nodeFileSystem(platform: NodeJS.Platform = process.platform): LockFileSystem {
  const patiently = platform === 'win32' ? retryWhileBusy : runOnce;
  return {
    list: (directory) => fs.readdir(directory),
    read: (path) => naming(path, () => readRegularFile(path)),
    create: (path, text) =>
      naming(path, () => fs.writeFile(path, text, { flag: 'wx', mode: 0o600 })),
    async exists(path) {
      try {
        await fs.lstat(path);
        return true;
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR')) return false;
        throw error;
      }
    },
    existsNow(path) {
      try {
        return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
      } catch (error) {
        // its directory is a file by now
        if (hasCode(error, 'ENOTDIR')) return false;
        throw error;
      }
    },
    rename: (from, to) => patiently(() => fs.rename(from, to)),
    unlink: (path) => patiently(() => fs.unlink(path)),
    makeDirectory: (path) => fs.mkdir(path, { mode: 0o700 }),
    removeDirectory: (path) => fs.rmdir(path),
    async sync(path) {
      // a directory can't be opened there, and needs no sync
      if (platform === 'win32') return;
      await naming(path, async () => {
        await using handle = await fs.open(path, 'r');
        await handle.sync();
      });
    },
    watch(path, onChange) {
      try {
        const watcher = watch(path, { persistent: false }, onChange);
        watcher.on('error', onChange);
        return watcher;
      } catch {
        // it is gone already, or there are too many watches
        return undefined;
      }
    },
  };
}

async function readRegularFile(path: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  await using handle = await fs.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!(await handle.stat()).isFile()) {
    throw Object.assign(new Error(`not a regular file: ${path}`), { code: 'EINVAL', path });
  }
  return await handle.readFile('utf8');
}

/** Puts the path into errors of an open file, which Node does not let name it. */
async function naming<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error) || 'path' in error) throw error;
    error.message += ` '${path}'`;
    throw Object.assign(error, { path });
  }
}

async function runOnce(call: () => Promise<void>): Promise<void> {
  await call();
}

/** Virus scanners and indexers open new files, and Windows refuses to rename or remove those meanwhile. */
async function retryWhileBusy(call: () => Promise<void>): Promise<void> {
  for (let waitMs = 1; ; waitMs *= 2) {
    try {
      await call();
      return;
    } catch (error) {
      if (waitMs > MAX_BUSY_MS || !hasCode(error, 'EPERM', 'EBUSY', 'EACCES')) throw error;
      await delay(waitMs);
    }
  }
}

const MAX_BUSY_MS = 512;
