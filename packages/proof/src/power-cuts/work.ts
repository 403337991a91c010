import { EnhancedFileManager } from '@tgstore/core';
import type { FileSystem } from '@tgstore/fs';
import type { IncomingConversation, Message } from '@tgstore/schema';
import { createRandom, watchCalls } from '@tgstore/testkit';
import { plant } from './planted.ts';
import type { LaneStart, Said, Stop, WorkOrder } from './protocol.ts';
import {
  appendedTexts,
  DELETED,
  digest,
  drawStep,
  mergedTexts,
  SHARED,
  type Step,
  savedTexts,
  sharedTexts,
  textsOf,
  toMessages,
} from './steps.ts';

// nothing to change; the second where nothing has been saved at all
const ABSENT = new Set(['STORE_NOT_FOUND', 'STORE_NOT_A_STORE']);
const forever = new Promise<never>(() => {});
let isStopped = false;
let acknowledged = 0;

/** Changes a store in several lanes at a time, and tells of each step before and after it; never ends. */
export async function work(order: WorkOrder, say: Say): Promise<void> {
  const { storageDir, seed, lanes, stop, planted } = order;
  const store = new EnhancedFileManager({
    storageDir,
    fileSystem: stoppingAt(stop, plant(planted), say),
    durability: 'full',
    appendInPlaceFrom: 0,
    lockTimeoutMs: 60_000,
  });
  await Promise.all(lanes.map((lane) => new Lane({ store, lane, stop, say }).run(seed)));
}

type Say = (said: Said) => void;

/** The same file system, until the stop: from then on every call waits for ever. */
function stoppingAt(stop: Stop | undefined, fileSystem: FileSystem, say: Say): FileSystem {
  let calls = 0;
  return watchCalls(fileSystem, ({ name }) => {
    if (stop && 'before' in stop && name === stop.before) {
      calls += 1;
      if (calls === stop.nth) standStill(say);
    }
    return isStopped ? () => forever : undefined;
  });
}

function standStill(say: Say): void {
  isStopped = true;
  say({ type: 'stopped' });
}

interface LaneContext {
  readonly store: EnhancedFileManager;
  readonly lane: LaneStart;
  readonly stop: Stop | undefined;
  readonly say: Say;
}

class Lane {
  readonly #store: EnhancedFileManager;
  readonly #lane: number;
  readonly #id: string;
  readonly #firstRound: number;
  readonly #stop: Stop | undefined;
  readonly #say: Say;
  /** One that has the conversation. */
  #backup: string | undefined;

  constructor({ store, lane, stop, say }: LaneContext) {
    this.#store = store;
    this.#lane = lane.lane;
    this.#id = lane.id;
    this.#firstRound = lane.firstRound;
    this.#stop = stop;
    this.#say = say;
  }

  async run(seed: number): Promise<void> {
    const random = createRandom(seed + this.#lane / 64);
    for (let round = this.#firstRound; ; round += 1) {
      const step = drawStep(random, round, this.#backup);
      this.#say({ type: 'begin', lane: this.#lane, step });
      try {
        const backups = await this.#perform(step).catch(unlessAbsent);
        this.#say({ type: 'done', lane: this.#lane, round, backups });
      } catch (error) {
        this.#say({ type: 'failed', lane: this.#lane, round, error: describe(error) });
        return;
      }
      acknowledged += 1;
      const { steps } = { steps: undefined, ...this.#stop };
      if (steps === acknowledged) standStill(this.#say);
      if (isStopped) await forever;
    }
  }

  /** Resolves to backups that it made. */
  async #perform(step: Step): Promise<string[] | undefined> {
    const [store, id, { round }] = [this.#store, this.#id, step];
    if (step.kind === 'backup') return [await this.#backUp()];
    if (step.kind === 'restore') {
      const options = { overwrite: true, only: [id] };
      const { preRestore } = await store.restoreBackup(step.backup ?? '', options);
      return preRestore && [preRestore.id];
    }
    if (step.kind === 'save') {
      const messages = toMessages(round, savedTexts(step));
      await store.saveConversation(
        { messages, metadata: { conversation_id: id } },
        { force: true },
      );
    } else if (step.kind === 'append') {
      await store.appendMessages(id, toMessages(round, appendedTexts(step)));
    } else if (step.kind === 'merge') {
      const messages = toMessages(round, mergedTexts(step));
      await store.mergeConversation({ messages, metadata: { conversation_id: id } });
    } else if (step.kind === 'import') {
      const messages = toMessages(round, mergedTexts(step)).reverse();
      await using staged = await store.stageImport(incoming(id, messages));
      await staged.commit();
    } else if (step.kind === 'delete-messages') await store.deleteMessages(id, DELETED);
    else if (step.kind === 'process') await this.#process(id);
    else if (step.kind === 'processed') await store.markAsProcessed(id);
    else if (step.kind === 'unprocessed') await store.markAsUnprocessed(id);
    else if (step.kind === 'delete') await store.deleteConversation(id);
    else if (step.kind === 'shared-process') await this.#process(SHARED);
    else {
      const messages = toMessages(round, sharedTexts(this.#lane, step));
      await store.mergeConversation({ messages, metadata: { conversation_id: SHARED } });
    }
    return undefined;
  }

  async #backUp(): Promise<string> {
    let has = false;
    const onFile = (file: { readonly id?: unknown }): void => {
      has ||= file.id === this.#id;
    };
    const { id } = await this.#store.createManualBackup({ onFile });
    if (has) this.#backup = id;
    return id;
  }

  async #process(id: string): Promise<void> {
    const results = await this.#store.processAllUnprocessed(
      async ({ load }) => {
        this.#say({ type: 'given', id, digest: digest(textsOf(await load())) });
      },
      { ids: [id], retryFailed: true },
    );
    const error = results.get(id)?.error;
    if (error) throw error;
  }
}

async function* incoming(
  conversation_id: string,
  messages: readonly Message[],
): AsyncGenerator<IncomingConversation> {
  async function* read(): AsyncGenerator<Message> {
    yield* messages;
  }
  yield {
    place: 'list[0]',
    messages: read(),
    finish: () => ({ metadata: { conversation_id }, status: undefined, other: undefined }),
  };
}

function unlessAbsent(error: unknown): undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  // a backup of nothing
  if (code === 'ENOENT' && syscall === 'access') return undefined;
  if (!ABSENT.has(String(code))) throw error;
  return undefined;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const causes = error instanceof AggregateError ? error.errors.map(describe).join(', ') : '';
  return `${code ?? error.name}: ${error.message} ${causes}`;
}
