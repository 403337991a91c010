import type { EnhancedFileManager } from '@tgstore/core';
import type { ShownError } from '../api/index.ts';
import type { Jobs } from './jobs.ts';
import type { LiveConversations } from './live-conversations.ts';
import type { MediaFiles } from './media-files.ts';
import type { BackupKeys, Processing } from './options.ts';

/** What routes are made with. */
export interface Services {
  readonly store: EnhancedFileManager;
  readonly version: string;
  readonly isReadOnly: boolean;
  readonly processing: Processing | undefined;
  readonly backupKeys: BackupKeys;
  readonly media: MediaFiles;
  readonly live: LiveConversations;
  readonly jobs: Jobs;
  readonly showError: (error: unknown) => ShownError;
}
