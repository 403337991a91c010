import { readFile } from 'node:fs/promises';
import {
  type ConversationInHand,
  EnhancedFileManager,
  type EnhancedFileManagerOptions,
  type ProcessingContext,
  type ProcessingResult,
} from '../../src/index.ts';
import { StoreLayout } from '../../src/layout.ts';
import type { ConversationState } from '../../src/state-file.ts';
import { collect } from './collect.ts';
import { type TempStoreOptions, tempStore } from './store.ts';

/** What a processor was given. */
export interface HandOver {
  readonly id: string;
  readonly attempt: number;
  readonly everything: boolean;
  /** Of {@link ConversationInHand.changedMessages}: id, colon, text. */
  readonly changed: readonly string[];
  readonly added: readonly (readonly [string, string])[];
  readonly edited: readonly string[];
  readonly deleted: readonly string[];
}

/** A processor that notes what it was given, then does `more`. */
export function noting<T>(
  notes: HandOver[],
  more: (conversation: ConversationInHand, context: ProcessingContext) => T | Promise<T>,
): (conversation: ConversationInHand, context: ProcessingContext) => Promise<T> {
  return async (conversation, context) => {
    const { changes, attempt } = context;
    const changed = await collect(conversation.changedMessages());
    notes.push({
      id: conversation.id,
      attempt,
      everything: changes.everything,
      changed: changed.map(({ id, text }) => `${id}: ${text}`),
      added: changes.added.map(({ first, last }) => [first, last] as const),
      edited: changes.edited,
      deleted: changes.deleted,
    });
    return await more(conversation, context);
  };
}

/** What is handed over in one run in which all goes well. */
export async function handOvers(store: EnhancedFileManager): Promise<HandOver[]> {
  const notes: HandOver[] = [];
  await store.processAllUnprocessed(noting(notes, () => {}));
  return notes;
}

export interface TempProcessing extends AsyncDisposable {
  readonly path: string;
  readonly store: EnhancedFileManager;
  readonly layout: StoreLayout;
  /** Another one over the same directory. */
  open(options?: Partial<EnhancedFileManagerOptions>): EnhancedFileManager;
  state(id: string): Promise<ConversationState>;
}

/** A fresh store, as `tempStore`, and what tests of processing want of it. */
export async function tempProcessing(options: TempStoreOptions = {}): Promise<TempProcessing> {
  const { path, [Symbol.asyncDispose]: dispose } = await tempStore(options);
  const layout = new StoreLayout(path);
  const open = (more: Partial<EnhancedFileManagerOptions> = {}): EnhancedFileManager =>
    new EnhancedFileManager({ storageDir: path, durability: 'relaxed', ...more });
  return {
    path,
    store: open(),
    layout,
    open,
    state: async (id) => JSON.parse(await readFile(layout.stateFile(id), 'utf8')),
    [Symbol.asyncDispose]: dispose,
  };
}

/** The status of each conversation. */
export function statuses(
  results: ReadonlyMap<string, ProcessingResult<unknown>>,
): Record<string, string> {
  return Object.fromEntries([...results].map(([id, { status }]) => [id, status]));
}

/** A promise that others settle. */
export function gate<T = void>(): {
  readonly passed: Promise<T>;
  readonly open: (value: T) => void;
} {
  let open: (value: T) => void = () => {};
  const passed = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}
