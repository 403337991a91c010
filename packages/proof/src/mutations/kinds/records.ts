// What a store keeps beside a conversation. Whatever stands in it, the conversation is read and changed as if it were not there.

import { Buffer } from 'node:buffer';
import { type EnhancedFileManager, StoreError } from '@tgstore/core';
import type { Conversation } from '@tgstore/schema';
import { createRandom } from '@tgstore/testkit';
import { richConversation } from '../corpus.ts';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import { MemoryStore } from '../memory-store.ts';
import { mustKeep } from '../readings.ts';
import { Steady } from '../steady.ts';

export const changeLogs: Kind = {
  name: 'change logs',
  cases: 1_000_000,
  dear: 100_000,
  open: (directory) =>
    Records.open(directory, {
      file: ['changes', `${ID}.jsonl`],
      read: async ({ manager }, random) => {
        const since = random.pick([0, 1, 2, 3, undefined, REVISIONS.at(-1), REVISIONS.at(0)]);
        const changes = await manager.changes(ID, { sinceRevision: since });
        mustHold(changes.everything || Array.isArray(changes.added), () => 'changes of no kind');
        for await (const entry of manager.history(ID, random.chance(0.5) ? 102 : undefined)) {
          mustHold(typeof entry.messageId === 'string', () => 'history of no message');
        }
      },
    }),
};

export const states: Kind = {
  name: 'states',
  cases: 1_000_000,
  dear: 100_000,
  open: (directory) =>
    Records.open(directory, {
      file: ['state', `${ID}.json`],
      read: async ({ manager }, random) => {
        for await (const { id } of manager.listFailed())
          mustHold(id === ID, () => 'another failed');
        if (random.chance(0.2)) await manager.inspect();
      },
    }),
};

export const storeFiles: Kind = {
  name: 'store.json',
  cases: 250_000,
  dear: 25_000,
  open: (directory) =>
    Records.open(directory, {
      file: ['store.json'],
      read: async (store) => {
        // a writer looks at it once, before its first write
        await store.open().saveConversation(richConversation('2'), { force: true });
      },
    }),
};

const ID = '12345';
const REVISIONS: string[] = [];

interface Options {
  /** Where it is in `.tgstore`. */
  readonly file: readonly string[];
  readonly read: (store: MemoryStore, random: ReturnType<typeof createRandom>) => Promise<void>;
}

class Records implements Subject {
  readonly material;
  readonly #store: MemoryStore;
  readonly #options: Options;
  readonly #conversations: readonly Buffer[];
  readonly #expected: readonly Conversation[];

  private constructor(store: MemoryStore, options: Options, made: readonly Made[]) {
    this.#store = store;
    this.#options = options;
    this.#conversations = made.map(({ conversation }) => conversation);
    this.#expected = made.map(({ expected }) => expected);
    this.material = {
      corpus: made.map(({ record }) => record),
      dictionary: DICTIONARY,
      isJson: true,
    };
  }

  static async open(directory: string, options: Options): Promise<Records> {
    const store = new MemoryStore(directory);
    return new Records(store, options, await make(store, options.file));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async try({ bytes, origin, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    const { memory, manager } = this.#store;
    const put = (): void => {
      memory.clear();
      memory.put(this.#store.conversation(ID), this.#conversations[origin] ?? Buffer.alloc(0));
      memory.put(this.#store.own(...this.#options.file), bytes);
    };
    put();
    const isRead = await unlessRefused(async () => {
      await this.#options.read(this.#store, random);
      return true;
    });
    mustHold(memory.open === 0, () => 'left files open');
    if (isDear) {
      for await (const { code } of manager.check()) {
        mustHold(code !== 'CHECK_UNREADABLE', () => 'check takes the conversation for broken');
      }
      for (const work of [random.pick(CHANGES), random.pick(CHANGES)]) {
        put();
        await unlessRefused(() => work(this.#store.open()));
        const now = await manager.loadConversation(ID);
        mustKeep(this.#expected[origin] as Conversation, now, CHANGED);
      }
    }
    return isRead === true;
  }
}

const CHANGED = new Set(['102']);
const NEW = {
  id: '99999999999999999999999',
  sender_id: 'user1',
  text: 'new',
  date: '2030-01-01T00:00:00Z',
};
const CHANGES: readonly ((store: EnhancedFileManager) => Promise<unknown>)[] = [
  (store) => store.appendMessages(ID, [NEW]),
  (store) => store.deleteMessages(ID, [102]),
  (store) => processAll(store, ({ changes }) => `${changes.everything}`),
  (store) =>
    processAll(store, () => Promise.reject(new StoreError('STORE_CHANGED', undefined, 'no'))),
  (store) => store.markAsUnprocessed(ID),
  (store) => store.markAsProcessed(ID).then(() => store.markAsUnprocessed(ID)),
  (store) => store.recover({ minAgeMs: 0 }),
  (store) => store.inspect(),
];

/** What fails in it is told of each conversation. */
async function processAll(
  store: EnhancedFileManager,
  work: (context: { readonly changes: { readonly everything: boolean } }) => unknown,
): Promise<void> {
  const results = await store.processAllUnprocessed(async (_, context) => await work(context), {
    retries: 0,
  });
  for (const result of results.values()) if (result.status === 'failed') throw result.error;
}

interface Made {
  readonly conversation: Buffer;
  readonly record: Buffer;
  readonly expected: Conversation;
}

/** A conversation that is changed, fails and is processed, and the record as it is after each. */
async function make(store: MemoryStore, file: readonly string[]): Promise<Made[]> {
  const { memory, manager } = store;
  const made: Made[] = [];
  const steady = new Steady();
  const note = async (): Promise<void> => {
    const [conversation, record] = [
      memory.get(store.conversation(ID)),
      memory.get(store.own(...file)),
    ];
    if (!conversation || !record) return;
    const expected = await manager.loadConversation(ID);
    const [steadyConversation, steadyRecord] = [steady.text(conversation), steady.text(record)];
    REVISIONS.push(/"revision_id":"(\w+)"/.exec(steadyConversation.toString('utf8'))?.[1] ?? '');
    made.push({ conversation: steadyConversation, record: steadyRecord, expected });
  };
  await manager.saveConversation(richConversation(ID));
  await note();
  await manager.processAllUnprocessed(() => Promise.reject(new Error('it fails')), { retries: 0 });
  await note();
  await manager.processAllUnprocessed(note, { retryFailed: true });
  await manager.markAsUnprocessed(ID);
  await manager.appendMessages(ID, [
    { ...NEW, id: 106 },
    { ...NEW, id: 107 },
  ]);
  await note();
  await manager.processAllUnprocessed(note);
  await manager.mergeConversation({
    messages: [
      { ...NEW, id: 106, text: 'edited', edit_date: '2031-01-01T00:00:00Z' },
      { ...NEW, id: 50 },
    ],
    metadata: { conversation_id: ID },
  });
  await manager.deleteMessages(ID, [101]);
  await note();
  const [last] = made.slice(-1);
  if (last && file[0] === 'state') made.push({ ...last, record: Buffer.from(SMALL_CLAIM) });
  return made;
}

/** So small that most mutations meet who holds it. */
const SMALL_CLAIM = '{"claim":{"id":"a","since":"","holders":[{"pid":1}]}}\n';

const DICTIONARY = [
  ...[
    '{"revision":',
    '"previous":null',
    '"bytes":0',
    '"bytes":-1',
    '"bytes":1e300',
    '"everything":true',
    '"size":0',
  ],
  ...[
    '{"added":["1","2"]}\n',
    '{"added":["9","1"]}\n',
    '{"added":[]}\n',
    '{"edited":"101","before":{"id":101}}\n',
  ],
  ...[
    '{"deleted":"102","before":null}\n',
    '"processed":{}',
    '"claim":{"id":"a","holders":[null]}',
    '"holders":[null]',
  ],
  ...[
    '"presence":"../../../x"',
    '"pid":-1',
    '"pid":0',
    '"pid":1',
    '"boot":null',
    '"group":true',
    '"thread":{}',
  ],
  ...[
    '"failure":{"attempts":1e9,"next_attempt":"x","error":1}',
    '"attempts":-1',
    '"next_attempt":"9999-01-01T00:00:00Z"',
  ],
  ...[
    '"format_version":2',
    '"format_version":{}',
    '"last_automatic_backup":{"at":"2024-01-01T00:00:00Z"}',
    '"at":0',
  ],
].map((text) => Buffer.from(text));
