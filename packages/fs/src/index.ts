/**
 * Durable file primitives: atomic replace, tail append, directory sync.
 *
 * @example
 * ```ts
 * import { readFile } from 'node:fs/promises';
 * import { atomicWrite } from '@tgstore/fs';
 *
 * await atomicWrite('state.json', JSON.stringify({ count: 1 }));
 * await atomicWrite('state.json', JSON.stringify({ count: 2 }));
 * console.log(await readFile('state.json', 'utf8'));
 * await atomicWrite('state.json', '{}', { exclusive: true }).catch((error) =>
 *   console.log(error.code),
 * );
 * ```
 *
 * @packageDocumentation
 */

export type { AppendTailOptions, FileVersion, TailData } from './append-tail.ts';
export { appendTail } from './append-tail.ts';
export type { AtomicWriteData, AtomicWriteOptions } from './atomic-write.ts';
export { atomicWrite } from './atomic-write.ts';
export type { Durability } from './durability.ts';
export type { EnsureDirectoryOptions } from './ensure-directory.ts';
export { ensureDirectory } from './ensure-directory.ts';
export type { FsErrorCode } from './errors.ts';
export { FsError, namePath } from './errors.ts';
export type { FileHandleLike, FileSystem } from './file-system.ts';
export { nodeFileSystem } from './file-system.ts';
export { readRange } from './read-range.ts';
export type { RecoverTailOptions, TailRecovery } from './recover-tail.ts';
export { recoverTail } from './recover-tail.ts';
export type { RemoveDurablyOptions } from './remove-durably.ts';
export { removeDurably } from './remove-durably.ts';
export type { RenameDurablyOptions } from './rename-durably.ts';
export { renameDurably } from './rename-durably.ts';
export type { SweepTemporaryFilesOptions } from './sweep-temporary-files.ts';
export { sweepTemporaryFiles } from './sweep-temporary-files.ts';
export type { SyncDirectoryOptions } from './sync-directory.ts';
export { shareSyncs, syncDirectory } from './sync-directory.ts';
export { isTemporaryName, temporaryName } from './temp-name.ts';
export type { OpenTemporaryOptions, PublishOptions, TemporaryFile } from './temporary-file.ts';
export { openTemporary } from './temporary-file.ts';
export type { ReadUndoRecordOptions, UndoRecord } from './undo-record.ts';
export { fitsUndoRecord, readUndoRecord } from './undo-record.ts';
export { writeAll } from './write-all.ts';
