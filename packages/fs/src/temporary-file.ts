// 1. A file is published only when every byte given to it has been written, counted and, in full durability, synced.
// 2. After a failed write or sync it can't be published any more: what the disk holds then is unknown.
// 3. Until it is published, its only name is a temporary one.

import { dirname, join, resolve } from 'node:path';
import { isUint8Array } from 'node:util/types';
import { BlockBuffer } from './block-buffer.ts';
import type { Durability } from './durability.ts';
import { confirmChange, FsError, hasCode, throwJoined } from './errors.ts';
import { whereModesExist } from './exact-mode.ts';
import { type FileHandleLike, type FileSystem, nodeFileSystem } from './file-system.ts';
import { linkIfSupported } from './link-if-supported.ts';
import { renamePatiently } from './rename-durably.ts';
import { syncDirectory } from './sync-directory.ts';
import { temporaryName } from './temp-name.ts';
import { writeAll } from './write-all.ts';

/** Options of {@link openTemporary}. */
export interface OpenTemporaryOptions {
  /** Permissions of the file, exact whatever the umask. @default 0o600 */
  readonly mode?: number | undefined;
  /** `'relaxed'` leaves out the sync of the content. @default 'full' */
  readonly durability?: Durability | undefined;
  /** The calls that reach the disk. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
}

/** Options of {@link TemporaryFile.publish}. */
export interface PublishOptions {
  /** Fails with `EEXIST` where the path exists, instead of replacing it. @default false */
  readonly exclusive?: boolean | undefined;
  /**
   * `'relaxed'` leaves out the sync of the directory, for callers who publish many files and then call
   * `syncDirectory` once. @default what the file was opened with
   */
  readonly durability?: Durability | undefined;
}

/**
 * Opens a new file with a hidden name in `directory`, to be written now and given its real name later, in this
 * directory or another of the same file system. Use `await using`: what was not published is removed.
 */
export async function openTemporary(
  directory: string,
  { mode = 0o600, durability = 'full', fileSystem = nodeFileSystem }: OpenTemporaryOptions = {},
): Promise<TemporaryFile> {
  const path = join(resolve(directory), temporaryName());
  const handle = await fileSystem.open(path, 'wx', mode);
  return new TemporaryFile(path, handle, { mode, durability, fileSystem });
}

interface Settings {
  readonly mode: number;
  readonly durability: Durability;
  readonly fileSystem: FileSystem;
}

type State = 'open' | 'finished' | 'published' | 'discarded';

/** A file being written under a temporary name. Await each call before the next one. */
export class TemporaryFile implements AsyncDisposable {
  /** Its absolute temporary path; after {@link finish} it can be read there, until it is published or discarded. */
  readonly path: string;
  readonly #settings: Settings;
  readonly #blocks = new BlockBuffer((bytes) => this.#writeAll(bytes));
  #handle: FileHandleLike | undefined;
  #position = 0;
  #state: State = 'open';
  #nameExists = true;
  #failure: { readonly error: unknown } | undefined;
  #busy: Promise<unknown> | undefined;

  /** @internal Use {@link openTemporary}. */
  constructor(path: string, handle: FileHandleLike, settings: Settings) {
    this.path = path;
    this.#handle = handle;
    this.#settings = settings;
  }

  /** Bytes of all chunks so far, those included that wait in memory for a block of 256 KiB to be full. */
  get bytesWritten(): number {
    return this.#position + this.#blocks.length;
  }

  /** Appends a chunk; text as UTF-8. Bytes must not change until it resolves. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (typeof chunk !== 'string' && !isUint8Array(chunk)) {
      throw new TypeError(`A chunk must be a string or a Uint8Array, not ${typeof chunk}`);
    }
    await this.#alone(async () => {
      this.#expect('open');
      await this.#orFail(() => this.#blocks.add(chunk));
    });
  }

  /**
   * Writes what waits in memory, compares the size, syncs and closes, so that a file which is published much later
   * needs no descriptor. More calls do nothing. {@link publish} calls it where it was not called.
   *
   * @throws {@link FsError} `FS_SHORT_WRITE`, `FS_SIZE_MISMATCH`
   */
  async finish(): Promise<void> {
    await this.#alone(async () => {
      this.#expect('open', 'finished');
      await this.#orFail(() => this.#finish());
    });
  }

  /**
   * Gives the file its real name, replacing what is there, and resolves after the directory of `path` is synced.
   *
   * With `exclusive` it is made by `link()`, so that among any number of processes one succeeds and nothing is ever
   * replaced. Where the file system has no hard links it looks, then renames: a file that appears in between is lost.
   *
   * After a failure that is not `FS_UNCONFIRMED` the old file is untouched and this one can be published elsewhere.
   *
   * @throws {@link FsError} `FS_UNCONFIRMED` when it has its name, but the directory could not be synced.
   */
  async publish(
    path: string,
    { exclusive = false, durability }: PublishOptions = {},
  ): Promise<void> {
    const { fileSystem, durability: own } = this.#settings;
    const target = resolve(path);
    await this.#alone(async () => {
      this.#expect('open', 'finished');
      await this.#orFail(() => this.#finish());
      if (exclusive && (await linkIfSupported(this.path, target, fileSystem))) {
        this.#state = 'published';
        await confirmChange(target, () => this.#unlink());
      } else {
        await renamePatiently(this.path, target, fileSystem);
        this.#state = 'published';
        this.#nameExists = false;
      }
      if ((durability ?? own) === 'relaxed') return;
      await confirmChange(target, () => syncDirectory(dirname(target), { fileSystem }));
    });
  }

  /** Closes and removes the file, unless it was published. More calls do nothing. */
  async discard(): Promise<void> {
    await this.#busy;
    const handle = this.#handle;
    this.#handle = undefined;
    if (this.#state !== 'published') this.#state = 'discarded';
    const steps = [
      ...(handle ? [() => handle.close()] : []),
      ...(this.#nameExists ? [() => this.#unlink()] : []),
    ];
    const errors: unknown[] = [];
    for (const step of steps) {
      await step().catch((error: unknown) => errors.push(error));
    }
    throwJoined(errors);
  }

  /** Removes it, unless it was published. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.discard();
  }

  async #finish(): Promise<void> {
    const handle = this.#handle;
    if (!handle) return;
    await this.#blocks.flush();
    const { size, mode } = await handle.stat();
    if (size !== this.#position) {
      const message = `${this.path} has ${size} bytes after ${this.#position} were written; the disk or another program changed it. Write it again.`;
      throw new FsError('FS_SIZE_MISMATCH', this.path, message);
    }
    // The umask may have taken bits away
    if ((mode & 0o7777) !== this.#settings.mode) {
      await whereModesExist(handle.chmod(this.#settings.mode));
    }
    // Never tried again: after a failed sync the system may have dropped the bytes and call the next one a success
    if (this.#settings.durability === 'full') await handle.sync();
    this.#handle = undefined;
    await handle.close();
    this.#state = 'finished';
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    await writeAll(this.#handle as FileHandleLike, this.path, bytes, this.#position);
    this.#position += bytes.length;
  }

  async #unlink(): Promise<void> {
    await this.#settings.fileSystem.unlink(this.path).catch((error: unknown) => {
      if (!hasCode(error, 'ENOENT')) throw error;
    });
    this.#nameExists = false;
  }

  #expect(...states: State[]): void {
    if (this.#failure) throw this.#failure.error;
    if (!states.includes(this.#state)) {
      throw new TypeError(`The temporary file ${this.path} is already ${this.#state}`);
    }
  }

  /** Remembers the failure of `work`: no later call may succeed. */
  async #orFail(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  async #alone(work: () => Promise<void>): Promise<void> {
    if (this.#busy !== undefined) {
      throw new TypeError(`The temporary file ${this.path} is still busy: await each call`);
    }
    const running = work();
    this.#busy = running.catch(() => {});
    try {
      await running;
    } finally {
      this.#busy = undefined;
    }
  }
}
