import { BackupManager } from '@tgstore/backup';
import { type Durability, type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { conversationContents } from './conversation-contents.ts';
import { type LockConversationsOptions, lockConversations } from './lock-conversations.ts';

export interface OpenBackupsOptions extends LockConversationsOptions {
  readonly storageDir: string;
  /** Where the archives are. @default `backups` in `storageDir` */
  readonly backupDir?: string | undefined;
  /** How many automatic backups are kept. @default 5 */
  readonly maxBackups?: number | undefined;
  /** @default 'full' */
  readonly durability?: Durability | undefined;
  /** @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: (() => number) | undefined;
}

/**
 * The backups of a store. Conversations may change while one is made: each is archived in one state, whole and valid, and nobody
 * waits. Each is restored under its lock.
 */
export function openBackups({
  storageDir,
  backupDir,
  maxBackups,
  durability = 'full',
  fileSystem = nodeFileSystem,
  now,
  ...locks
}: OpenBackupsOptions): BackupManager {
  const guardOf = (directory: string) => lockConversations(directory, locks);
  const contentsOf = (directory: string) =>
    conversationContents(directory, { durability, fileSystem, guardOf });
  return new BackupManager({ storageDir, backupDir, maxBackups, contentsOf, now });
}
