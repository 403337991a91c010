/** Unit in which a disk takes or loses what is written. */
export const PAGE = 4096;

export type Inode = number;

/** The directory in which all is recorded. */
export const ROOT: Inode = 0;

/** The files and directories of a disk; names lead to inodes, so that one can have several. */
export interface Disk {
  readonly files: ReadonlyMap<Inode, Uint8Array>;
  readonly directories: ReadonlyMap<Inode, ReadonlyMap<string, Inode>>;
}

export interface Entry {
  readonly directory: Inode;
  readonly name: string;
}

/** A change of names: `put` by create, mkdir and link, `removed` by unlink and rmdir, both by rename. */
export interface NameOperation {
  readonly kind: 'name';
  readonly call: 'create' | 'mkdir' | 'link' | 'unlink' | 'rmdir' | 'rename';
  readonly put?: Entry & { readonly inode: Inode };
  readonly removed?: Entry;
}

export type DataOperation =
  /** Within one page: a longer write is several. */
  | {
      readonly kind: 'write';
      readonly inode: Inode;
      readonly position: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'truncate'; readonly inode: Inode; readonly size: number };

/** Of a file or a directory. */
export interface SyncOperation {
  readonly kind: 'sync';
  readonly inode: Inode;
  /** How many operations had been made when it began: later ones it may have missed. */
  readonly begun: number;
}

/** No operation: the next step of what is done has been acknowledged. */
export interface PromiseMark {
  readonly kind: 'promise';
}

export type Operation = NameOperation | DataOperation | SyncOperation | PromiseMark;

/** What was done to a disk. */
export interface Recording {
  readonly name: string;
  readonly start: Disk;
  readonly operations: readonly Operation[];
}

/** What a write or a cut makes of a file. */
export function applyData(old: Uint8Array, operation: DataOperation): Uint8Array {
  const size =
    operation.kind === 'truncate'
      ? operation.size
      : Math.max(old.length, operation.position + operation.bytes.length);
  const bytes = new Uint8Array(size);
  bytes.set(old.subarray(0, size));
  if (operation.kind === 'write') bytes.set(operation.bytes, operation.position);
  return bytes;
}
