import { systemError } from '@tgstore/testkit';
import type { FileHandleLike, FileSystem } from '../../src/index.ts';

/** Unit in which a disk takes or loses what is written. */
export const PAGE = 4096;

/** What is on a disk: the bytes of each file by its absolute path. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** What a disk was asked to do. Files are numbered: those there at the start first, in their order. */
export type Operation =
  | { readonly kind: 'make'; readonly path: string; readonly file: number }
  | { readonly kind: 'remove'; readonly path: string }
  /** Within one page: a longer write is several. */
  | {
      readonly kind: 'write';
      readonly file: number;
      readonly position: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'cut'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync'; readonly file: number }
  | { readonly kind: 'sync directory'; readonly path: string }
  /** No operation: from here on the file must have one of these contents. */
  | { readonly kind: 'promise'; readonly contents: readonly Uint8Array[] };

/** A disk in memory that notes each operation; of the calls, those that appending to a file makes. */
export class SimulatedDisk {
  readonly operations: Operation[] = [];
  readonly #names = new Map<string, number>();
  readonly #contents: Uint8Array[] = [];

  constructor(files: Files) {
    for (const [path, bytes] of files) {
      this.#names.set(path, this.#contents.push(bytes) - 1);
    }
  }

  get files(): Files {
    const entries = [...this.#names].map(([path, file]) => [path, this.#bytes(file)] as const);
    return new Map(entries);
  }

  /** Notes what the file must be from now on. */
  promise(...contents: Uint8Array[]): void {
    this.operations.push({ kind: 'promise', contents });
  }

  readonly fileSystem = {
    platform: 'linux',
    open: async (path: string, flags: string) => this.#open(path, flags),
    unlink: async (path: string) => {
      if (!this.#names.has(path)) throw systemError('ENOENT', 'unlink');
      this.#do({ kind: 'remove', path });
    },
  } as unknown as FileSystem;

  #open(path: string, flags: string): FileHandleLike {
    const directory = [...this.#names.keys(), '/chats/', '/undo/'].some((name) =>
      name.startsWith(`${path}/`),
    );
    if (directory) return this.#handle({ kind: 'sync directory', path }, -1);
    const known = this.#names.get(path);
    if (flags === 'wx' && known !== undefined) throw systemError('EEXIST', 'open');
    if (flags !== 'wx' && known === undefined) throw systemError('ENOENT', 'open');
    const file = known ?? this.#contents.length;
    if (known === undefined) this.#do({ kind: 'make', path, file });
    return this.#handle({ kind: 'sync', file }, file);
  }

  #handle(sync: Operation, file: number): FileHandleLike {
    return {
      read: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
        const part = this.#bytes(file).subarray(position, position + length);
        buffer.set(part, offset);
        return { bytesRead: part.length };
      },
      write: async (buffer: Uint8Array, offset: number, length: number, position: number) => {
        for (let done = 0; done < length; ) {
          const start = position + done;
          const size = Math.min(length - done, PAGE - (start % PAGE));
          const bytes = buffer.slice(offset + done, offset + done + size);
          this.#do({ kind: 'write', file, position: start, bytes });
          done += size;
        }
        return { bytesWritten: length };
      },
      stat: async () => ({
        size: this.#bytes(file).length,
        mode: 0o100600,
        nlink: 1,
        isFile: () => true,
      }),
      truncate: async (size: number) => this.#do({ kind: 'cut', file, size }),
      sync: async () => this.#do(sync),
      close: async () => {},
    } as unknown as FileHandleLike;
  }

  #bytes(file: number): Uint8Array {
    return this.#contents[file] ?? new Uint8Array();
  }

  #do(operation: Operation): void {
    this.operations.push(operation);
    if (operation.kind === 'make') {
      this.#names.set(operation.path, operation.file);
      this.#contents[operation.file] = new Uint8Array();
    } else if (operation.kind === 'remove') {
      this.#names.delete(operation.path);
    } else if (operation.kind === 'write' || operation.kind === 'cut') {
      this.#contents[operation.file] = applied(this.#bytes(operation.file), operation);
    }
  }
}

/** What a write or a cut makes of a file. */
export function applied(
  old: Uint8Array,
  operation: Extract<Operation, { kind: 'write' | 'cut' }>,
): Uint8Array {
  const size =
    operation.kind === 'cut'
      ? operation.size
      : Math.max(old.length, operation.position + operation.bytes.length);
  const bytes = new Uint8Array(size);
  bytes.set(old.subarray(0, size));
  if (operation.kind === 'write') bytes.set(operation.bytes, operation.position);
  return bytes;
}
