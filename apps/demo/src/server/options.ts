import type { EnhancedFileManager, ProcessOptions, Processor } from '@tgstore/core';

export interface ExplorerOptions {
  readonly store: EnhancedFileManager;
  /** Where the built page is: `index.html` and what it needs. */
  readonly pageDirectory: string;
  /** Of the command line, shown in the page. */
  readonly version: string;
  /** @default 0, a free one */
  readonly port?: number | undefined;
  /** Refuses every request that would change something. @default false */
  readonly isReadOnly?: boolean | undefined;
  /** Directories that `media_path` of messages is relative to; the store itself is always one. */
  readonly mediaDirectories?: readonly string[] | undefined;
  /** What a processing job does. @default none: jobs are refused */
  readonly processing?: Processing | undefined;
  readonly backupKeys?: BackupKeys | undefined;
  /** An error as a person shall read it. */
  readonly explainError: ExplainError;
}

export interface Processing {
  /** The command, as the page shows it. Nothing that comes from the page is ever run. */
  readonly command: string;
  readonly work: Processor<void>;
  readonly options?: Pick<
    ProcessOptions<void>,
    'concurrency' | 'retries' | 'maxAttempts' | 'signal' | 'onProgress'
  >;
}

/** For encrypted backups. */
export interface BackupKeys {
  readonly identities?: readonly string[] | undefined;
  readonly passphrase?: string | undefined;
}

export type ExplainError = (error: unknown) => {
  readonly code: string;
  readonly message: string;
  readonly path?: string | undefined;
};

/** A server that runs. */
export interface Explorer extends AsyncDisposable {
  /** With the token in its fragment: who opens it may use the page. */
  readonly address: string;
  readonly port: number;
  /** Lets what changes the store finish, and ends everything else. */
  close(): Promise<void>;
}
