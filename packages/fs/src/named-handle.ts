import type { BigIntStats, Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { namePath } from './errors.ts';
import type { FileHandleLike } from './file-system.ts';

/** Opens a file as `node:fs/promises` does, and errors of its handle name it. */
export async function openNamed(
  path: string,
  flags: string | number,
  mode?: number,
): Promise<FileHandleLike> {
  return new NamedHandle(await fs.open(path, flags, mode), path);
}

class NamedHandle implements FileHandleLike {
  readonly #handle: fs.FileHandle;
  readonly #path: string;

  constructor(handle: fs.FileHandle, path: string) {
    this.#handle = handle;
    this.#path = path;
  }

  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ bytesRead: number }> {
    return this.#handle.read(buffer, offset, length, position).catch(this.#fail);
  }

  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ bytesWritten: number }> {
    return this.#handle.write(buffer, offset, length, position).catch(this.#fail);
  }

  stat(): Promise<Stats>;
  stat(options: { bigint: true }): Promise<BigIntStats>;
  stat(options?: { bigint: true }): Promise<Stats | BigIntStats> {
    return this.#handle.stat(options).catch(this.#fail);
  }

  chmod(mode: number): Promise<void> {
    return this.#handle.chmod(mode).catch(this.#fail);
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length).catch(this.#fail);
  }

  sync(): Promise<void> {
    return this.#handle.sync().catch(this.#fail);
  }

  datasync(): Promise<void> {
    return this.#handle.datasync().catch(this.#fail);
  }

  close(): Promise<void> {
    return this.#handle.close().catch(this.#fail);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #fail = (error: unknown): never => {
    throw namePath(error, this.#path);
  };
}
