// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type BackupContents,
  type BackupErrorCode,
  BackupManager,
  type BackupManagerOptions,
  type CreateBackupOptions,
  type CreatedBackup,
  type DecryptionOptions,
  type EncryptionOptions,
  type PruneOptions,
  type PutResult,
  type RestoreBackupOptions,
  type RestoreResult,
  type VerifyBackupOptions,
} from '../src/index.ts';

declare const code: BackupErrorCode;
declare const contents: BackupContents;

export async function backups(): Promise<void> {
  const manager = new BackupManager({ storageDir: 'a', backupDir: undefined, now: undefined });
  const made = await manager.createBackup({
    tag: undefined,
    compression: 'zstd',
    onFile: undefined,
  });
  expectTypeOf(made).toEqualTypeOf<CreatedBackup>();
  const restored = await manager.restoreBackup(made.id, { only: ['1'], signal: undefined });
  expectTypeOf(restored).toEqualTypeOf<RestoreResult>();
  expectTypeOf<RestoreResult['items'][number]['result']>().toEqualTypeOf<PutResult>();
  // @ts-expect-error there are two compressions
  await manager.createBackup({ compression: 'xz' });
  // @ts-expect-error an archive has an id
  await manager.restoreBackup();
  // @ts-expect-error a directory is needed
  new BackupManager({});
}

export function ownContents(): void {
  const own: BackupContents = { ...contents, prepare: undefined };
  for (const kind of [own, contents]) expectTypeOf(kind.accepts('a')).toEqualTypeOf<boolean>();
}

export function everyCode(): string {
  switch (code) {
    case 'BACKUP_AMBIGUOUS':
    case 'BACKUP_DAMAGED':
    case 'BACKUP_INVALID_TAG':
    case 'BACKUP_NEEDS_KEY':
    case 'BACKUP_NO_SPACE':
    case 'BACKUP_NOT_FOUND':
    case 'BACKUP_TOO_NEW':
    case 'BACKUP_UNSAFE':
    case 'BACKUP_UNSUPPORTED':
    case 'BACKUP_WRONG_KEY':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<BackupContents>>().toBeNever();
  expectTypeOf<ExactOptionals<BackupManagerOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<CreateBackupOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<DecryptionOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<EncryptionOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<PruneOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<RestoreBackupOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<VerifyBackupOptions>>().toBeNever();
}
