// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type BatchOptions,
  type CheckOptions,
  type ConfigOptions,
  type ConversationInHand,
  EnhancedFileManager,
  type EnhancedFileManagerOptions,
  type ExportFileOptions,
  type FileManagerOptions,
  type ImportFileOptions,
  type ImportOptions,
  isTgstoreError,
  type ListFailedOptions,
  type ListOptions,
  type LockError,
  type LockInfo,
  type Message,
  type MessageRange,
  type MigrateOptions,
  type OpenExportOptions,
  type Problem,
  type ProcessingResult,
  type ProcessOptions,
  type RecoverOptions,
  type SearchHit,
  type SearchOptions,
  type StoreErrorCode,
  type TgstoreError,
  type WatchConversationsOptions,
  type WatchedOptions,
  type WatchFolderOptions,
  type WatchOptions,
} from '../src/index.ts';

declare const store: EnhancedFileManager;
declare const error: unknown;
declare const code: StoreErrorCode;

export async function options(): Promise<void> {
  await using opened = new EnhancedFileManager({
    storageDir: 'chats',
    lockTimeoutMs: undefined,
    onWait: undefined,
    backupEnabled: undefined,
    logger: console,
  });
  await opened.saveConversation({ messages: [], metadata: {} }, { force: undefined });
  // @ts-expect-error a store has a directory
  new EnhancedFileManager({});
  // @ts-expect-error options are named as they are
  new EnhancedFileManager({ storageDir: 'chats', lockTimeout: 1 });
  // @ts-expect-error the id of a conversation is a string
  await opened.loadConversation(12345);
}

export async function ids(): Promise<void> {
  await store.deleteMessages('1', [1, '2', 3n]);
  store.readMessages('1', { after: 7, before: '9', limit: undefined });
  expectTypeOf((await store.getFetchCursor('1'))?.lastMessageId).toEqualTypeOf<
    string | undefined
  >();
  expectTypeOf((await store.changes('1')).edited).toEqualTypeOf<readonly string[]>();
  // @ts-expect-error a message has an id
  await store.appendMessages('1', [{ text: 'Hi' }]);
}

export async function processing(): Promise<void> {
  const lengths = await store.processAllUnprocessed(async (conversation, { signal }) => {
    expectTypeOf(conversation).toEqualTypeOf<ConversationInHand>();
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    return (await conversation.load()).messages.size;
  });
  expectTypeOf(lengths).toEqualTypeOf<Map<string, ProcessingResult<number>>>();
  expectTypeOf(lengths.get('1')?.value).toEqualTypeOf<number | undefined>();
  await store.processAllUnprocessed(() => 'text', {
    onProgress: ({ result }) => expectTypeOf(result.value).toEqualTypeOf<string | undefined>(),
  });
  // @ts-expect-error somebody has to end it
  await store.processAsTheyCome(() => {});
}

export async function streams(): Promise<void> {
  for await (const message of store.readMessages('1'))
    expectTypeOf(message).toEqualTypeOf<Message>();
  for await (const hit of store.searchMessages(/a/)) expectTypeOf(hit).toEqualTypeOf<SearchHit>();
  for await (const id of store.watchUnprocessed()) expectTypeOf(id).toEqualTypeOf<string>();
  await using file = await store.openConversation('1');
  expectTypeOf(file.messages()).toExtend<AsyncIterable<Message>>();
}

export function narrowing(): void {
  // @ts-expect-error nothing is known of it yet
  error.code;
  if (!isTgstoreError(error)) return;
  expectTypeOf(error).toEqualTypeOf<TgstoreError>();
  switch (error.code) {
    case 'LOCK_TIMEOUT':
      expectTypeOf(error).toEqualTypeOf<LockError>();
      expectTypeOf(error.holders).toEqualTypeOf<readonly LockInfo[]>();
      break;
    case 'SCHEMA_INVALID':
      expectTypeOf(error.problems).toEqualTypeOf<readonly Problem[]>();
      break;
    case 'FORMAT_TRUNCATED':
      expectTypeOf(error.offset).toEqualTypeOf<number | undefined>();
      break;
    case 'BACKUP_NOT_FOUND':
    case 'FS_UNCONFIRMED':
      expectTypeOf(error.path).toEqualTypeOf<string>();
      // @ts-expect-error only those of locks have holders
      error.holders;
      break;
    // @ts-expect-error no error has this code
    case 'LOCK_TIME_OUT':
      break;
  }
}

export function everyCode(): string {
  switch (code) {
    case 'STORE_BOTH_NAMES':
    case 'STORE_CHANGED':
    case 'STORE_CONFIG_INVALID':
    case 'STORE_EXISTS':
    case 'STORE_ID_CONFLICT':
    case 'STORE_INVALID_CONVERSATION':
    case 'STORE_INVALID_FILE':
    case 'STORE_INVALID_ID':
    case 'STORE_NEEDS_RECOVERY':
    case 'STORE_NOT_A_STORE':
    case 'STORE_NOT_FOUND':
    case 'STORE_NOT_UNPROCESSED':
    case 'STORE_VERSION_TOO_NEW':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<BatchOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<CheckOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ConfigOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<EnhancedFileManagerOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ExportFileOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<FileManagerOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ImportFileOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ImportOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ListFailedOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ListOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<MessageRange>>().toBeNever();
  expectTypeOf<ExactOptionals<MigrateOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<OpenExportOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<ProcessOptions<unknown>>>().toBeNever();
  expectTypeOf<ExactOptionals<RecoverOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<SearchOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<WatchConversationsOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<WatchedOptions<unknown>>>().toBeNever();
  expectTypeOf<ExactOptionals<WatchFolderOptions>>().toBeNever();
  expectTypeOf<ExactOptionals<WatchOptions>>().toBeNever();
}
