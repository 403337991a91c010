import { stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { RECIPIENT, type Secrets, secretConversation } from './made-up.ts';

/** Where the operations work: all of it below one directory, and only `store`, `backups`, `out` and `elsewhere` are theirs. */
export interface Place {
  readonly store: string;
  readonly backups: string;
  readonly out: string;
  readonly elsewhere: string;
  /** Of the user: exports, keys, a configuration. */
  readonly inputs: string;
}

export function placeIn(directory: string): Place {
  const at = (name: string): string => join(directory, name);
  return {
    store: at('store'),
    backups: at('backups'),
    out: at('out'),
    elsewhere: at('elsewhere'),
    inputs: at('inputs'),
  };
}

export interface Operation {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** What its error has as code, or in its message, where it is meant to fail. */
  readonly fails?: string | undefined;
}

export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export type Tools = ReturnType<typeof createTools>;

/** What the operations have in common. */
export function createTools(
  place: Place,
  secrets: Secrets,
  { logger, umask }: { readonly logger: Logger; readonly umask: number },
) {
  const open = (options = {}): EnhancedFileManager =>
    new EnhancedFileManager({
      storageDir: place.store,
      appendInPlaceFrom: 256 * 1024,
      lockTimeoutMs: 200,
      logger,
      ...options,
    });
  const withStore = async <T>(
    work: (store: EnhancedFileManager) => Promise<T>,
    options = {},
  ): Promise<T> => {
    await using store = open(options);
    return await work(store);
  };
  const conversation = (id: string, options = {}) => secretConversation(id, secrets, options);
  const broken = async (file: string): Promise<void> => {
    await truncate(file, (await stat(file)).size - 200);
  };
  const locks = join(place.store, '.tgstore', 'locks');
  const exported = join(place.inputs, 'result.json');
  const backups = { backupDir: place.backups };
  const encrypt = { recipients: [RECIPIENT] };
  const identities = [secrets.identity];
  const newest = async (store: EnhancedFileManager, tag = 'manual'): Promise<string> =>
    (await store.listBackups()).backups.find((backup) => backup.tag === tag)?.id ?? '';
  return {
    place,
    secrets,
    logger,
    umask,
    withStore,
    conversation,
    broken,
    locks,
    exported,
    backups,
    encrypt,
    identities,
    newest,
  };
}
