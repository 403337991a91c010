import type { Conversation, Message } from '@tgstore/schema';
import type { ConversationFile } from './conversation-file.ts';
import { each } from './each.ts';
import { hasCode } from './errors.ts';
import type { FileManager } from './file-manager.ts';
import type { MessageRange } from './message-range.ts';

/** An unprocessed conversation in the hands of a processor: one snapshot of its file. */
export interface UnprocessedConversation {
  /** Its id. */
  readonly id: string;
  /** Absolute path of its file. */
  readonly path: string;
  /** Aborted when processing shall stop at once. */
  readonly signal: AbortSignal;
  /** The whole conversation, in memory. */
  load(): Promise<Conversation>;
  /** Its messages in order, in bounded memory. */
  messages(range?: MessageRange): AsyncGenerator<Message>;
  /** The bytes of its file. */
  bytes(): AsyncGenerator<Uint8Array>;
}

/** What became of one conversation. `changed`: its content changed meanwhile, so it stays unprocessed. */
export interface ProcessResult {
  /** What became of it. */
  readonly status: 'processed' | 'failed' | 'changed';
  /** What was thrown, where it `failed`. */
  readonly error?: unknown;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** Options of {@link batchProcessFiles}. */
export interface BatchOptions {
  /** How many conversations are in hand at a time. @default 4 */
  readonly concurrency?: number | undefined;
  /** Takes no more conversations once it is aborted; those in hand are finished, and what is done is returned. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each conversation, with how many of how many are done. */
  readonly onProgress?:
    | ((event: { id: string; result: ProcessResult; done: number; total: number }) => void)
    | undefined;
}

/**
 * Gives every unprocessed conversation to `work` and marks it as processed when that returns, unless its content changed
 * meanwhile. One that throws stays unprocessed and does not stop the others. Returns what became of each, by id.
 */
export async function batchProcessFiles(
  files: FileManager,
  work: (conversation: UnprocessedConversation) => Promise<unknown>,
  { concurrency = 4, signal = new AbortController().signal, onProgress }: BatchOptions = {},
): Promise<Map<string, ProcessResult>> {
  const listed = await files.listFiles({ settled: true });
  const ids = listed.filter(({ status }) => status === 'unprocessed').map(({ id }) => id);
  const results = new Map<string, ProcessResult>();
  const takeOne = async (id: string): Promise<void> => {
    if (signal.aborted) return;
    const result = await processOne(files, id, work, signal);
    results.set(id, result);
    onProgress?.({ id, result, done: results.size, total: ids.length });
  };
  await each(ids, takeOne, { concurrency });
  return results;
}

async function processOne(
  files: FileManager,
  id: string,
  work: (conversation: UnprocessedConversation) => Promise<unknown>,
  signal: AbortSignal,
): Promise<ProcessResult> {
  const start = performance.now();
  const result = (status: ProcessResult['status'], error?: unknown): ProcessResult => ({
    status,
    ...(error !== undefined && { error }),
    durationMs: performance.now() - start,
  });
  try {
    await using file = await files.openConversation(id);
    await work(handOver(id, file, signal));
    await files.markAsProcessed(id, { unchangedSince: file.identity });
    return result('processed');
  } catch (error) {
    return result(hasCode(error, 'STORE_CHANGED') ? 'changed' : 'failed', error);
  }
}

function handOver(
  id: string,
  file: ConversationFile,
  signal: AbortSignal,
): UnprocessedConversation {
  return {
    id,
    path: file.path,
    signal,
    load: () => file.load(),
    messages: (range) => file.messages(range),
    bytes: () => file.bytes(),
  };
}
