// What a store knows of a conversation beside its content, `.tgstore/state/<id>.json`: changed only under the lock of the
// conversation, by replacing the file.

import { openTemporary, removeDurably } from '@tgstore/fs';
import { isProcessToken, type ProcessToken } from '@tgstore/lock';
import { type ContentVersion, isVersion } from './content-version.ts';
import { readRecord } from './file-bytes.ts';
import type { StoreDirectory } from './store-directory.ts';

export interface ConversationState {
  /** The content that was processed last. */
  readonly processed?: ProcessedContent | undefined;
  /** Who has it in hand. */
  readonly claim?: Claim | undefined;
  readonly failure?: ProcessingFailure | undefined;
}

/** A content that was processed. */
interface ProcessedContent extends ContentVersion {
  /** When; ISO 8601, UTC. */
  readonly at: string;
}

/** A processor that has a conversation in hand. It ends when all that hold it are dead. */
export interface Claim {
  /** Random: tells the claims of one process apart. */
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** The process, and the commands that it runs for the conversation. */
  readonly holders: readonly ProcessToken[];
  /** It was marked as unprocessed since: however this ends, all of it is handed over again. */
  readonly again?: boolean | undefined;
}

/** How processing failed. */
export interface ProcessingFailure {
  /** How often in a row it failed with this content. */
  readonly attempts: number;
  /** What was thrown. */
  readonly error: {
    /** Its `code`, where that is a text. */
    readonly code?: string | undefined;
    /** Its message, cut after 2,000 characters. */
    readonly message: string;
  };
  /** When it failed last; ISO 8601, UTC. */
  readonly at: string;
  /** Before this it is not tried again; ISO 8601, UTC. */
  readonly next_attempt: string;
  /** The content that it failed with: other content begins anew. */
  readonly content: ContentVersion;
}

/** An empty state where there is none, or where it is damaged: then everything counts as changed. */
export async function readState(store: StoreDirectory, id: string): Promise<ConversationState> {
  const text = await readText(store, store.layout.stateFile(id));
  return (text === undefined ? undefined : parseState(text)) ?? {};
}

/** The record that a content is processed, from now on. */
export function processedNow(version: ContentVersion): ProcessedContent {
  return { ...version, at: new Date().toISOString() };
}

/** `undefined` for text that is no state. */
export function parseState(text: string): ConversationState | undefined {
  try {
    const state: unknown = JSON.parse(text);
    const isObject = typeof state === 'object' && state !== null && !Array.isArray(state);
    if (!isObject) return undefined;
    const { processed, claim, failure, ...other } = state as Record<string, unknown>;
    // throws where it is nested so deeply that it could not be written again
    JSON.stringify(state);
    return {
      ...other,
      ...(isProcessed(processed) && { processed }),
      ...(isClaim(claim) && { claim }),
      ...(isFailure(failure) && { failure }),
    };
  } catch {
    return undefined;
  }
}

/**
 * Changes some fields; `undefined` removes one. `relaxed` is for what a power cut may take back, as claims: after it every
 * claimant is dead. The bytes are synced even so, since what was processed stands in the same file.
 */
export async function updateState(
  store: StoreDirectory,
  id: string,
  changes: ConversationState,
  { relaxed = false }: { readonly relaxed?: boolean } = {},
): Promise<void> {
  const before = await readState(store, id);
  const state = { ...before, ...changes };
  if (JSON.stringify(before) === JSON.stringify(state)) return;
  const { stateDirectory } = store.layout;
  await store.inDirectory(stateDirectory, async () => {
    await using file = await openTemporary(stateDirectory, store.io);
    await file.write(`${JSON.stringify(state)}\n`);
    const durability = relaxed ? 'relaxed' : store.durability;
    await file.publish(store.layout.stateFile(id), { durability });
  });
}

/** The conversations of which there is a state. */
export async function idsWithState(store: StoreDirectory): Promise<Set<string>> {
  const { layout } = store;
  const names = await store.namesIn(layout.stateDirectory);
  return new Set(names.flatMap((name) => layout.idOfRecord(name) ?? []));
}

/** Forgets a conversation: its state and what changed in it. */
export async function removeRecords(
  store: StoreDirectory,
  id: string,
  { keepState = false }: { readonly keepState?: boolean | undefined } = {},
): Promise<void> {
  const paths = [store.layout.changesFile(id), ...(keepState ? [] : [store.layout.stateFile(id)])];
  for (const path of paths) {
    if (await store.exists(path)) await removeDurably(path, store.io);
  }
}

/** The text in the place of a state, empty for what is no file; `undefined` where there is none. */
export async function readText(store: StoreDirectory, path: string): Promise<string | undefined> {
  const bytes = await readRecord(store.fileSystem, path, MAX_SIZE);
  return bytes === 'foreign' ? '' : bytes?.toString('utf8');
}

function isProcessed(value: unknown): value is ProcessedContent {
  return isVersion(value) && typeof (value as { at?: unknown }).at === 'string';
}

function isClaim(value: unknown): value is Claim {
  const { id, holders } = (value ?? {}) as Partial<Claim>;
  return typeof id === 'string' && Array.isArray(holders) && holders.every(isProcessToken);
}

function isFailure(value: unknown): value is ProcessingFailure {
  const { attempts, next_attempt, at, error, content } = (value ??
    {}) as Partial<ProcessingFailure>;
  return (
    typeof attempts === 'number' &&
    typeof next_attempt === 'string' &&
    typeof at === 'string' &&
    typeof error?.message === 'string' &&
    (error.code === undefined || typeof error.code === 'string') &&
    isVersion(content)
  );
}

/** Far more than the tokens of a claim and the longest error that is kept. */
const MAX_SIZE = 256 * 1024;
