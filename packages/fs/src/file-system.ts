import type { BigIntStats, Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { openNamed } from './named-handle.ts';

/** The calls on an open file that this package and its users make; `FileHandle` of `node:fs/promises` is one. */
export interface FileHandleLike extends AsyncDisposable {
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ bytesRead: number }>;
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{ bytesWritten: number }>;
  stat(): Promise<Stats>;
  stat(options: { bigint: true }): Promise<BigIntStats>;
  chmod(mode: number): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Every call that reaches the disk, so that tests can watch and fail each of them.
 * The signatures are a subset of `node:fs/promises`; paths are strings.
 */
export interface FileSystem {
  /** Whose rules apply: `'win32'` retries renames and has no directory sync. */
  readonly platform: NodeJS.Platform;
  open(path: string, flags: string | number, mode?: number): Promise<FileHandleLike>;
  rename(from: string, to: string): Promise<void>;
  link(existing: string, path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string, options: { readonly mode: number }): Promise<unknown>;
  rmdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<Stats>;
  stat(path: string, options: { bigint: true }): Promise<BigIntStats>;
  lstat(path: string): Promise<Stats>;
  lstat(path: string, options: { bigint: true }): Promise<BigIntStats>;
}

/**
 * The disk of this machine, through `node:fs/promises`: the default of every `fileSystem` option. Errors name their file, also those
 * of an open one.
 */
export const nodeFileSystem: FileSystem = {
  platform: process.platform,
  open: openNamed,
  rename: fs.rename,
  link: fs.link,
  unlink: fs.unlink,
  mkdir: fs.mkdir,
  rmdir: fs.rmdir,
  chmod: fs.chmod,
  readdir: fs.readdir,
  stat: fs.stat,
  lstat: fs.lstat,
};
