// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type AppendTailOptions,
  type AtomicWriteOptions,
  appendTail,
  atomicWrite,
  type EnsureDirectoryOptions,
  type FsError,
  type FsErrorCode,
  type OpenTemporaryOptions,
  openTemporary,
  type PublishOptions,
  type ReadUndoRecordOptions,
  type RecoverTailOptions,
  type RemoveDurablyOptions,
  type RenameDurablyOptions,
  recoverTail,
  type SweepTemporaryFilesOptions,
  type SyncDirectoryOptions,
  type TailRecovery,
} from '../src/index.ts';

declare const error: FsError;
declare const code: FsErrorCode;

export async function writes(): Promise<void> {
  await atomicWrite('a', 'text');
  await atomicWrite('a', new Uint8Array());
  await atomicWrite('a', ['a', new Uint8Array()], { mode: undefined, exclusive: undefined });
  await atomicWrite('a', (async function* () {})(), { signal: undefined, durability: 'relaxed' });
  // @ts-expect-error a number is no content
  await atomicWrite('a', 7);
  // @ts-expect-error there are two durabilities
  await atomicWrite('a', '', { durability: 'some' });
  // @ts-expect-error options are named as they are
  await atomicWrite('a', '', { overwrite: true });
  // @ts-expect-error a tail begins somewhere, and its record has a place
  await appendTail('a', 'b', {});
  expectTypeOf(recoverTail('a', 'a.undo')).toEqualTypeOf<Promise<TailRecovery>>();
  expectTypeOf<AppendTailOptions['from']>().toEqualTypeOf<number>();
}

export async function disposal(): Promise<void> {
  await using file = await openTemporary('.');
  await file.write('text');
  // @ts-expect-error a file on its way has one path
  file.path = 'b';
}

export function everyCode(): string {
  expectTypeOf(error.path).toEqualTypeOf<string>();
  switch (code) {
    case 'FS_SHORT_WRITE':
    case 'FS_SIZE_MISMATCH':
    case 'FS_UNCONFIRMED':
    case 'FS_LINKED':
    case 'FS_CHANGED':
    case 'FS_UNDO_EXISTS':
    case 'FS_UNDO_LEFT':
    case 'FS_UNDO_VERSION':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<AppendTailOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<AtomicWriteOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<EnsureDirectoryOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<OpenTemporaryOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<PublishOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ReadUndoRecordOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<RecoverTailOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<RemoveDurablyOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<RenameDurablyOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<SweepTemporaryFilesOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<SyncDirectoryOptions>>().toBeNever();
}
