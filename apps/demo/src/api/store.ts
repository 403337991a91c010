import type { ConversationStatus } from '@tgstore/core';

/** The store that is shown, and what may be done with it. `GET /api/store` */
export interface StoreInfo {
  /** Absolute path. */
  readonly path: string;
  /** Of the command line. */
  readonly version: string;
  /** Whether nothing may be changed: then every button that changes is absent. */
  readonly isReadOnly: boolean;
  /** The command that a processing job runs for each conversation; `undefined` where none was given at the start. */
  readonly command?: string | undefined;
  /** The time zone of days and hours in {@link Activity}, as `Europe/Berlin`. */
  readonly timeZone: string;
}

/** What every request that fails is answered with, whatever its status. */
export interface ErrorBody {
  readonly error: ShownError;
}

/** An error as a person shall read it. */
export interface ShownError {
  /** Stable. */
  readonly code: string;
  readonly message: string;
  readonly path?: string | undefined;
}

export type { ConversationStatus };
