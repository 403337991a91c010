import { join } from 'node:path';
import { EnhancedFileManager, type EnhancedFileManagerOptions } from '@tgstore/core';
import type { Conversation } from '@tgstore/schema';
import { hasCode } from '../has-code.ts';

/** What is done to a store, and how it was before. */
export interface Scenario {
  readonly name: string;
  readonly prepare: (place: Place) => Promise<void>;
  readonly steps: readonly Step[];
  /** What processors were given before, and is not there any more. */
  readonly given?: readonly Conversation[];
  /** Whether what is replaced must be in a backup afterwards. @default false */
  readonly keepsReplaced?: boolean;
  /** Whether it moves things out of the way itself. @default false */
  readonly quarantines?: boolean;
  /** Whether all of it goes through the seam of `@tgstore/fs`, but for the locks. @default true */
  readonly throughSeam?: boolean;
}

export interface Place {
  /** All that is recorded is in it. */
  readonly directory: string;
  readonly storageDir: string;
  readonly open: (options?: Partial<EnhancedFileManagerOptions>) => EnhancedFileManager;
}

/** Acknowledged when it returns; can be done again when it was interrupted. */
export interface Step {
  readonly name: string;
  readonly run: (store: EnhancedFileManager, place: Place) => Promise<unknown>;
}

export function placeAt(directory: string): Place {
  const storageDir = join(directory, 'chats');
  return {
    directory,
    storageDir,
    open: (options = {}) =>
      new EnhancedFileManager({ storageDir, appendInPlaceFrom: 0, ...options }),
  };
}

/** Runs a step. That a conversation is there, or is not, is an answer too: as of a step that was done before a crash. */
export async function runStep(step: Step, store: EnhancedFileManager, place: Place): Promise<void> {
  await step.run(store, place).catch((error: unknown) => {
    if (!hasCode(error, 'STORE_EXISTS') && !hasCode(error, 'STORE_NOT_FOUND')) throw error;
  });
}
