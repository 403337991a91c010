/** `GET /api/backups` */
export interface BackupOverview {
  /** Absolute path of the directory. */
  readonly directory: string;
  /** The latest first. */
  readonly backups: readonly ShownBackup[];
  /** Names of files there that are no backups. */
  readonly foreign: readonly string[];
}

export interface ShownBackup {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Automatic ones have none. */
  readonly tag?: string | undefined;
  /** Bytes. */
  readonly size: number;
  readonly isEncrypted: boolean;
  /** `undefined` where only the archive itself knows. */
  readonly conversations?: number | undefined;
  /** ISO 8601, UTC. */
  readonly verifiedAt?: string | undefined;
}

/** `POST /api/backups` makes one and answers with it. */
export interface BackupRequest {
  readonly tag?: string | undefined;
}

/** `POST /api/backups/:id/verify` reads it whole. */
export interface VerifiedBackup {
  readonly id: string;
  readonly conversations: number;
  /** Bytes. */
  readonly size: number;
}

/** `POST /api/backups/:id/restore` */
export interface RestoreRequest {
  /** Says what would change, and changes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Replaces what differs; it is kept in another backup. */
  readonly overwrite?: boolean | undefined;
  /** Only these conversations. */
  readonly only?: readonly string[] | undefined;
}

export interface RestoreOutcome {
  readonly isDryRun: boolean;
  readonly items: readonly {
    readonly id: string;
    readonly result: 'restored' | 'replaced' | 'existing' | 'unchanged';
  }[];
  /** The backup that has what was replaced. */
  readonly preRestore?: string | undefined;
}
