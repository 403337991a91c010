// A disk in memory, for one directory: quick, and it sees whoever would write elsewhere.

import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { FileHandleLike, FileSystem } from '@tgstore/fs';
import { Violation } from './kind.ts';

interface Node {
  bytes: Buffer;
  inode: bigint;
  time: bigint;
  mode: number;
  links: number;
}

export class MemoryFiles {
  readonly #root: string;
  #files = new Map<string, Node>();
  #directories = new Set<string>();
  #inodes = 1n;
  #clock = 1_700_000_000_000_000_000n;
  /** Files that are open. */
  open = 0;
  readonly fileSystem: FileSystem;

  constructor(root: string) {
    this.#root = root;
    this.fileSystem = this.#asFileSystem();
    this.clear();
  }

  clear(): void {
    this.#files = new Map();
    this.#directories = new Set([dirname(this.#root), this.#root]);
  }

  put(path: string, bytes: Uint8Array): void {
    for (let at = dirname(path); at.length > this.#root.length; at = dirname(at)) {
      this.#directories.add(at);
    }
    this.#files.set(path, this.#node(Buffer.from(bytes)));
  }

  get(path: string): Buffer | undefined {
    return this.#files.get(path)?.bytes;
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  paths(): string[] {
    return [...this.#files.keys()].sort();
  }

  #node(bytes: Buffer, mode = 0o600): Node {
    this.#inodes += 1n;
    return { bytes, inode: this.#inodes, time: this.#tick(), mode, links: 1 };
  }

  #tick(): bigint {
    this.#clock += 1_000_000n;
    return this.#clock;
  }

  #asFileSystem(): FileSystem {
    return {
      platform: 'linux',
      open: async (path, flags, mode) => this.#open(path, flags, mode),
      rename: async (from, to) => {
        const node = this.#find('rename', from);
        this.#mayWrite(to);
        this.#files.delete(from);
        this.#files.set(to, node);
      },
      link: async (existing, path) => {
        const node = this.#find('link', existing);
        this.#mayWrite(path);
        if (this.#files.has(path)) throw failure('EEXIST', 'link', path);
        node.links += 1;
        this.#files.set(path, node);
      },
      unlink: async (path) => {
        this.#find('unlink', path).links -= 1;
        this.#files.delete(path);
      },
      mkdir: async (path) => {
        this.#mayWrite(path);
        if (this.#directories.has(path)) throw failure('EEXIST', 'mkdir', path);
        this.#directories.add(path);
      },
      rmdir: async (path) => {
        if (this.#names(path).length > 0) throw failure('ENOTEMPTY', 'rmdir', path);
        if (!this.#directories.delete(path)) throw failure('ENOENT', 'rmdir', path);
      },
      chmod: async (path, mode) => {
        if (!this.#directories.has(path)) this.#find('chmod', path).mode = mode;
      },
      readdir: async (path) => {
        if (!this.#directories.has(path)) throw failure('ENOENT', 'scandir', path);
        return this.#names(path);
      },
      stat: async (path: string, options?: { bigint: true }) => this.#stat(path, options) as never,
      lstat: async (path: string, options?: { bigint: true }) => this.#stat(path, options) as never,
    };
  }

  #names(directory: string): string[] {
    const all = [...this.#files.keys(), ...this.#directories];
    return all
      .filter((path) => path !== directory && dirname(path) === directory)
      .map((path) => basename(path));
  }

  #find(call: string, path: string): Node {
    const node = this.#files.get(path);
    if (!node) throw failure(this.#directories.has(path) ? 'EISDIR' : 'ENOENT', call, path);
    return node;
  }

  #mayWrite(path: string): void {
    if (!path.startsWith(`${this.#root}/`)) throw new Violation(`writes to ${path}`);
    if (!this.#directories.has(dirname(path))) throw failure('ENOENT', 'open', path);
  }

  #stat(path: string, options?: { bigint: true }): unknown {
    if (this.#directories.has(path))
      return stats({ ...this.#node(Buffer.alloc(0)), mode: 0o700 }, options, true);
    return stats(this.#find('stat', path), options, false);
  }

  #open(path: string, flags: string | number, mode = 0o600): FileHandleLike {
    if (this.#directories.has(path)) return this.#directory();
    const bits = typeof flags === 'number' ? flags : (BITS[flags] ?? 0);
    if ((bits & constants.O_CREAT) !== 0) {
      this.#mayWrite(path);
      const isThere = this.#files.has(path);
      if (isThere && (bits & constants.O_EXCL) !== 0) throw failure('EEXIST', 'open', path);
      if (!isThere) this.#files.set(path, this.#node(Buffer.alloc(0), mode));
    }
    const node = this.#find('open', path);
    if ((bits & constants.O_TRUNC) !== 0) node.bytes = Buffer.alloc(0);
    return this.#handle(node, path);
  }

  #directory(): FileHandleLike {
    return this.#handle(this.#node(Buffer.alloc(0)), this.#root);
  }

  #handle(node: Node, path: string): FileHandleLike {
    this.open += 1;
    const close = async (): Promise<void> => {
      this.open -= 1;
    };
    return {
      read: async (buffer, offset, length, position) => {
        if (length < 0 || !Number.isSafeInteger(position))
          throw new Violation(`reads ${length} bytes at ${position}`);
        const part = node.bytes.subarray(position ?? 0, (position ?? 0) + length);
        buffer.set(part, offset);
        return { bytesRead: part.length };
      },
      write: async (buffer, offset, length, position) => {
        const at = position ?? node.bytes.length;
        resize(node, path, Math.max(node.bytes.length, at + length));
        node.bytes.set(buffer.subarray(offset, offset + length), at);
        node.time = this.#tick();
        return { bytesWritten: length };
      },
      stat: async (options?: { bigint: true }) => stats(node, options, false) as never,
      chmod: async (mode) => {
        node.mode = mode;
      },
      truncate: async (length) => {
        resize(node, path, length);
        node.time = this.#tick();
      },
      sync: async () => {},
      datasync: async () => {},
      close,
      [Symbol.asyncDispose]: close,
    };
  }
}

/** Other buffers of the content stay as they were. */
function resize(node: Node, path: string, size: number): void {
  if (size > HUGE) throw new Violation(`makes ${basename(path)} ${size} bytes long`);
  const bytes = Buffer.alloc(size);
  node.bytes.copy(bytes);
  node.bytes = bytes;
}

function stats(
  { bytes, inode, time, mode, links }: Node,
  options: { bigint: true } | undefined,
  isDirectory: boolean,
): unknown {
  const is = {
    isFile: () => !isDirectory,
    isDirectory: () => isDirectory,
    isSymbolicLink: () => false,
    isSocket: () => false,
  };
  const [mtimeMs, ino, size, nlink] = [Number(time / 1_000_000n), inode, bytes.length, links];
  const kind = isDirectory ? constants.S_IFDIR : constants.S_IFREG;
  if (!options)
    return {
      ...is,
      ino: Number(ino),
      size,
      nlink,
      mode: mode | kind,
      mtimeMs,
      ctimeMs: mtimeMs,
      dev: 1,
      uid: 0,
    };
  return {
    ...is,
    ino,
    size: BigInt(size),
    nlink: BigInt(nlink),
    mode: BigInt(mode | kind),
    mtimeNs: time,
    ctimeNs: time,
    mtimeMs: BigInt(mtimeMs),
    ctimeMs: BigInt(mtimeMs),
    dev: 1n,
    uid: 0n,
  };
}

function failure(code: string, call: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${call} '${path}'`), { code, syscall: call, path });
}

const { O_CREAT, O_EXCL, O_RDWR, O_TRUNC, O_WRONLY } = constants;
const BITS: Readonly<Record<string, number>> = {
  wx: O_WRONLY | O_CREAT | O_EXCL,
  w: O_WRONLY | O_CREAT | O_TRUNC,
  'r+': O_RDWR,
  'wx+': O_RDWR | O_CREAT | O_EXCL,
};
/** Far more than a file of these corpora may become. */
const HUGE = 64 * 1024 * 1024;
