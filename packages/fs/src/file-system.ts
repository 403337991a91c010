import type { BigIntStats, Stats } from 'node:fs';
import * as fs from 'node:fs/promises';
import { openNamed } from './named-handle.ts';

/** The calls on an open file that this package and its users make; `FileHandle` of `node:fs/promises` is one. */
export interface FileHandleLike extends AsyncDisposable {
  /** Reads up to `length` bytes; `bytesRead` 0 is the end. */
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{
    /** How many bytes it read. */
    bytesRead: number;
  }>;
  /** Writes up to `length` bytes. */
  write(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number | null,
  ): Promise<{
    /** How many of the bytes it took. */
    bytesWritten: number;
  }>;
  /** What the open file is. */
  stat(): Promise<Stats>;
  /** As `stat()`, with `bigint` values. */
  stat(options: { bigint: true }): Promise<BigIntStats>;
  /** Sets the permissions. */
  chmod(mode: number): Promise<void>;
  /** Cuts, or extends by zeros, to `length` bytes. */
  truncate(length: number): Promise<void>;
  /** Resolves when content and metadata are on the disk. */
  sync(): Promise<void>;
  /** As `sync`, without metadata that reading does not need. */
  datasync(): Promise<void>;
  /** Gives the file back. */
  close(): Promise<void>;
}

/**
 * Every call that reaches the disk, so that tests can watch and fail each of them.
 * The signatures are a subset of `node:fs/promises`; paths are strings.
 */
export interface FileSystem {
  /** Whose rules apply: `'win32'` retries renames and has no directory sync. */
  readonly platform: NodeJS.Platform;
  /** Opens a file; flags as of `node:fs`. */
  open(path: string, flags: string | number, mode?: number): Promise<FileHandleLike>;
  /** Renames, replacing what is at `to`. */
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails with `EEXIST` where `path` exists. */
  link(existing: string, path: string): Promise<void>;
  /** Removes a name of a file. */
  unlink(path: string): Promise<void>;
  /** Makes one directory; fails with `EEXIST` where it exists. */
  mkdir(path: string, options: { readonly mode: number }): Promise<unknown>;
  /** Removes an empty directory. */
  rmdir(path: string): Promise<void>;
  /** Sets the permissions. */
  chmod(path: string, mode: number): Promise<void>;
  /** The names in a directory, in no order. */
  readdir(path: string): Promise<string[]>;
  /** What stands at a path, links followed. */
  stat(path: string): Promise<Stats>;
  /** As `stat(path)`, with `bigint` values. */
  stat(path: string, options: { bigint: true }): Promise<BigIntStats>;
  /** What stands at a path, links not followed. */
  lstat(path: string): Promise<Stats>;
  /** As `lstat(path)`, with `bigint` values. */
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
