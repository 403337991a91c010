import { Buffer } from 'node:buffer';
import type { EnhancedFileManager, FileManager, MessageRange } from '@tgstore/core';
import type { Conversation, Message } from '@tgstore/schema';
import { createRandom, type Random } from '@tgstore/testkit';
import { messagesSaid, type Said } from '../canonical.ts';
import { conversationTexts } from '../corpus.ts';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import type { MemoryFiles } from '../memory-files.ts';
import { MemoryStore } from '../memory-store.ts';
import { keysOf, mustBePlain, mustKeep, said, saidBy } from '../readings.ts';

/** Conversation files: every way to read one says the same, and a change loses nothing that could be read. */
export const conversations: Kind = {
  name: 'conversations',
  cases: 1_000_000,
  dear: 50_000,
  async open(directory) {
    return new Conversations(directory);
  },
};

const ID = '12345';

class Conversations implements Subject {
  readonly material = { corpus: conversationTexts(), dictionary: DICTIONARY, isJson: true };
  readonly #store: MemoryStore;
  readonly #memory: MemoryFiles;
  readonly #path: string;
  readonly #reader: FileManager;
  readonly #writer: EnhancedFileManager;

  constructor(directory: string) {
    this.#store = new MemoryStore(directory);
    this.#memory = this.#store.memory;
    this.#path = this.#store.conversation(ID);
    this.#reader = this.#store.manager;
    this.#writer = this.#store.manager;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async try({ bytes, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    this.#memory.clear();
    this.#memory.put(this.#path, bytes);
    const whole = await unlessRefused(() => this.#reader.loadConversation(ID));
    await this.#readInOtherWays(whole && said(whole), random);
    mustHold(this.#memory.open === 0, () => `left ${this.#memory.open} files open`);
    if (whole) {
      mustBePlain(whole.metadata);
      mustBePlain(whole.other);
      this.#compareWithReference(bytes, whole);
    }
    if (random.chance(0.1))
      await this.#checkAndSearch(whole, random.chance(0.05) ? 'large' : /large/i);
    if (isDear) {
      await this.#change(bytes, whole, random);
      await this.#recover(bytes, whole);
    }
    return whole !== undefined;
  }

  async #readInOtherWays(whole: Said | undefined, random: Random): Promise<void> {
    const streamed = await unlessRefused(() => saidBy(this.#reader.readMessages(ID)));
    await unlessRefused(() => this.#reader.readMetadata(ID));
    await unlessRefused(() => this.#reader.getFetchCursor(ID));
    if (!streamed) return;
    // what is wrong behind the messages does not keep anybody from streaming them
    const isSame = !whole || keysOf(streamed) === keysOf(whole);
    mustHold(isSame, () => 'streams other messages than it loads');
    const range = anyRange(random);
    const part = await unlessRefused(() => saidBy(this.#reader.readMessages(ID, range)));
    mustHold(part !== undefined, () => `refuses ${JSON.stringify(range)} of what it streams`);
    const all = [...streamed];
    const from =
      range.after === undefined ? 0 : all.findIndex(([key]) => isBehind(key, Number(range.after)));
    const after = from < 0 ? [] : all.slice(from);
    const expected =
      range.last === undefined
        ? after.slice(0, range.limit)
        : range.last === 0
          ? []
          : after.slice(-range.last);
    mustHold(
      keysOf(part) === keysOf(new Map(expected)),
      () => `reads ${JSON.stringify(range)} as others than those of the stream`,
    );
  }

  #compareWithReference(bytes: Buffer, whole: Conversation): void {
    const reference = messagesSaid(bytes);
    if (!reference) return;
    const found = said(whole);
    mustHold(
      found.size === reference.size,
      () => `loads ${found.size} of ${reference.size} messages`,
    );
    for (const [key, text] of reference) {
      mustHold(
        found.get(key) === text,
        () =>
          `loads message ${key} as ${found.get(key)?.slice(0, 80)} instead of ${text.slice(0, 80)}`,
      );
    }
  }

  async #checkAndSearch(whole: Conversation | undefined, query: string | RegExp): Promise<void> {
    const problems = [];
    for await (const problem of this.#reader.check()) problems.push(problem.code);
    mustHold(
      whole !== undefined || problems.includes('CHECK_UNREADABLE'),
      () => 'check takes for readable what can not be loaded',
    );
    const found = await unlessRefused(() =>
      hits(this.#reader.searchMessages(query, { ids: [ID] })),
    );
    const streamed = await unlessRefused(() => saidBy(this.#reader.readMessages(ID)));
    if (!found || !streamed || !whole) return;
    const expected = [...whole.messages.values()].filter(isFound).map(({ id }) => String(id));
    mustHold(
      found.join() === expected.join(),
      () => `finds ${found.join()} instead of ${expected.join()}`,
    );
  }

  async #change(bytes: Buffer, whole: Conversation | undefined, random: Random): Promise<void> {
    const work = random.pick(CHANGES);
    const changed = await unlessRefused(() => work(this.#writer));
    const after = this.#memory.get(this.#path);
    if (!changed) {
      mustHold(after?.equals(bytes) ?? false, () => 'a change that was refused changed the file');
      return;
    }
    if (!whole) {
      mustKeepLines(bytes, after);
      return;
    }
    const now = await this.#reader.loadConversation(ID);
    mustKeep(whole, now, CHANGED);
    const problems = [];
    for await (const { code, severity } of this.#reader.check())
      if (severity === 'error') problems.push(code);
    const isSame = after?.equals(bytes) ?? false;
    mustHold(
      isSame || !problems.includes('CHECK_UNREADABLE'),
      () => 'a change leaves a file that can not be read',
    );
  }

  async #recover(bytes: Buffer, whole: Conversation | undefined): Promise<void> {
    this.#memory.clear();
    this.#memory.put(this.#path, bytes);
    await this.#writer.recover({ minAgeMs: 0 });
    const left = this.#memory.paths().filter((path) => !path.endsWith('store.json'));
    const isKept = left.some((path) => this.#memory.get(path)?.equals(bytes));
    const now =
      this.#memory.get(this.#path) &&
      (await unlessRefused(() => this.#reader.loadConversation(ID)));
    if (!whole) {
      mustHold(isKept, () => 'recovery lost a file that could not be read');
      return;
    }
    mustHold(now !== undefined, () => 'recovery left a file that can not be loaded');
    mustKeep(whole, now as Conversation, new Set());
  }
}

const NEW: Message = {
  id: '99999999999999999999999',
  sender_id: 'user1',
  text: 'new',
  date: '2030-01-01T00:00:00Z',
};
const CHANGED = new Set(['102', String(NEW.id)]);
const CHANGES: readonly ((store: EnhancedFileManager) => Promise<unknown>)[] = [
  (store) => store.appendMessages(ID, [NEW]),
  (store) =>
    store.mergeConversation({ messages: [NEW], metadata: { conversation_id: ID, name: 'Ann' } }),
  (store) => store.deleteMessages(ID, [102]),
  (store) => store.markAsProcessed(ID).then(() => store.markAsUnprocessed(ID)),
  (store) => store.migrate(),
];

/** Lines are copied as they are, also those that are no message. */
function mustKeepLines(before: Buffer, after: Buffer | undefined): void {
  for (const line of before.toString('latin1').split('\n')) {
    const [, key, json] = /^"([^"]*)":(\{.*\}),?$/.exec(line) ?? [];
    if (json === undefined || key === 'metadata' || CHANGED.has(key ?? '')) continue;
    // the first line of several
    if (!isJson(json)) continue;
    mustHold(
      after?.includes(json, 0, 'latin1') ?? false,
      () => `a change of what can not be loaded loses ${line.slice(0, 80)}`,
    );
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function anyRange(random: Random): MessageRange {
  const after = random.chance(0.5) ? random.int(-10, 110) : undefined;
  return random.chance(0.5)
    ? { after, limit: random.int(0, 4) }
    : { after, last: random.int(0, 4) };
}

/** Whether a message with this key stands behind that with this id. */
function isBehind(key: string, id: number): boolean {
  return /^(?:0|-?[1-9]\d*)$/.test(key) ? BigInt(key) > BigInt(id) : true;
}

function isFound({ text, deleted }: Message): boolean {
  return typeof text === 'string' && !deleted && /large/iu.test(text);
}

async function hits(found: AsyncIterable<{ readonly message: Message }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { message } of found) ids.push(String(message.id));
  return ids;
}

const DICTIONARY = [
  ...['{"messages":{\n', '\n},\n"metadata":{', '},\n', ',\n', '}}\n', '"conversation_id":"12345",'],
  ...[
    '"schema_version":1',
    '"schema_version":2',
    '"schema_version":null',
    '"message_count":8',
    '"last_message_id":1',
  ],
  ...['"106":{"id":106,"text":"x"},\n', '"101":{"id":101,"text":"again"},\n', '"deleted":true,'],
].map((text) => Buffer.from(text));
