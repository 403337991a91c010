import type { ManifestFile } from './manifest.ts';

/** What is backed up, told by whoever keeps the files: which they are, and how to hold each still while it is read. */
export interface BackupContents {
  /** Whether a file of this name may be put here; all others are refused. */
  accepts(name: string): boolean;
  /** A directory for files on their way, on the same file system; made when it is needed. */
  readonly workDirectory: string;
  /** Called before anything is written; throws where what is there leads elsewhere. */
  readonly prepare?: (() => Promise<void>) | undefined;
  /** The files, in an order that is always the same; those that go meanwhile may be left out. */
  snapshots(): AsyncIterable<FileSnapshot>;
  /**
   * Puts a restored file in its place, so that no instant and no crash leaves a half state. What stands there is replaced only
   * with `overwrite`, and handed to `putAside` before that, under whatever keeps others out meanwhile.
   */
  put(file: RestoredFile, options: PutOptions): Promise<PutResult>;
  /** What {@link put} would do; changes nothing. */
  wouldPut(file: ManifestFile, options: Pick<PutOptions, 'overwrite'>): Promise<PutResult>;
}

/** One state of a file, which stays as it is while it is read. */
export interface FileSnapshot extends AsyncDisposable {
  /** Its name in the directory. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What the manifest shall say of it. */
  readonly facts: Pick<ManifestFile, 'id' | 'status' | 'messages' | 'revision_id'>;
  /** As many bytes as {@link size}. */
  bytes(): AsyncIterable<Uint8Array>;
}

/** A file that was unpacked and agrees with the manifest. */
export interface RestoredFile extends ManifestFile {
  /** Absolute path, on the same file system as the store; it is moved away. */
  readonly path: string;
}

/** How {@link BackupContents.put} puts a file in its place. */
export interface PutOptions {
  /** Whether to replace what stands there and differs. */
  readonly overwrite: boolean;
  /** Keeps a file that will be replaced, by a second link. */
  readonly putAside: (path: string) => Promise<void>;
}

/** `existing`: something else stands there, and was left; `unchanged`: the same stands there already. */
export type PutResult = 'restored' | 'replaced' | 'existing' | 'unchanged';
