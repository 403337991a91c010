import { Buffer } from 'node:buffer';
import { type ExportReader, openExport, type ReadReport, writeBundle } from '@tgstore/formats';
import { createRandom, sampleExport } from '@tgstore/testkit';
import { richConversation } from '../corpus.ts';
import { exportFixtures } from '../fixtures.ts';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import { MemoryStore } from '../memory-store.ts';
import { mustBePlain } from '../readings.ts';

/** Exports: read as a stream, and imported as a whole or not at all. */
export const exportFiles: Kind = {
  name: 'exports',
  cases: 1_000_000,
  dear: 50_000,
  async open(directory) {
    return new Exports(directory, await makeCorpus());
  },
};

class Exports implements Subject {
  readonly material;
  readonly #store: MemoryStore;

  constructor(directory: string, corpus: readonly Buffer[]) {
    this.#store = new MemoryStore(directory);
    this.material = { corpus, dictionary: DICTIONARY, isJson: true };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async try({ bytes, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    const chunk = random.pick([bytes.length + 1, 4096, 997]);
    const read = await unlessRefused(
      async () => await drain(await openExport(chunks(bytes, chunk), OPTIONS)),
    );
    if (read) {
      const { report, messages } = read;
      mustHold(
        report.messages === messages,
        () => `tells of ${report.messages} messages, and gives ${messages}`,
      );
      mustTellLosses(bytes, report);
    }
    if (isDear) await this.#import(bytes, random.chance(0.5));
    return read !== undefined;
  }

  async #import(bytes: Buffer, keepGoing: boolean): Promise<void> {
    const { memory, manager } = this.#store;
    const there = richConversation('12345');
    memory.clear();
    await manager.saveConversation(there);
    const before = contents(memory);
    let staged = 0;
    const imported = await unlessRefused(async () => {
      const reader = await openExport(chunks(bytes, 4096), OPTIONS);
      await using import_ = await manager.stageImport(reader.conversations(), { keepGoing });
      mustHold(
        conversationsOf(contents(memory)) === conversationsOf(before),
        () => 'staging changes a conversation',
      );
      staged = import_.conversations.length;
      return await import_.commit();
    });
    const now = contents(memory);
    if (!imported) {
      const isSame = staged > 0 || conversationsOf(now) === conversationsOf(before);
      mustHold(isSame, () => 'an import that was refused changed a conversation');
    }
    const leftOver = [...now.keys()].find((path) => path.endsWith('.tmp'));
    mustHold(leftOver === undefined, () => `an import leaves ${leftOver}`);
    for (const id of await manager.listConversations()) {
      const { messages } = await manager.loadConversation(id);
      mustHold(
        id !== '12345' || messages.size >= there.messages.size,
        () => 'an import loses messages',
      );
    }
    for await (const { code, severity, message } of manager.check()) {
      mustHold(severity !== 'error', () => `after an import, check finds ${code}: ${message}`);
    }
  }
}

interface Drained {
  readonly report: ReadReport;
  readonly messages: number;
}

async function drain(reader: ExportReader): Promise<Drained> {
  let messages = 0;
  for await (const conversation of reader.conversations()) {
    for await (const message of conversation.messages) {
      messages += 1;
      mustHold(
        ['string', 'number', 'bigint'].includes(typeof message.id),
        () => 'gives a message without an id',
      );
      mustBePlain(message);
    }
    const end = await unlessRefused(async () => conversation.finish());
    mustBePlain(end?.metadata);
    mustBePlain(end?.other);
  }
  return { report: reader.report, messages };
}

/** Of a single chat that is valid JSON, every message comes out or is told of. */
function mustTellLosses(
  bytes: Buffer,
  { messages, skipped, truncated, damaged }: ReadReport,
): void {
  let text = bytes.toString('utf8');
  if (text.startsWith('\ufeff')) text = text.slice(1);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return;
  }
  // what also has the chats of an account is read as one
  if (/"(?:left_)?chats"/.test(text)) return;
  const list = (document as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(list) || truncated || damaged || skipped.count > 0) return;
  // of keys that occur twice, JSON.parse shows the last ones only
  if (text.split('"messages"').length !== 2) return;
  const expected = list.filter(
    (one) => typeof one === 'object' && one !== null && !Array.isArray(one),
  );
  mustHold(
    messages === expected.length,
    () => `gives ${messages} of ${expected.length} messages, and tells of no loss`,
  );
}

function contents(memory: {
  paths(): string[];
  get(path: string): Buffer | undefined;
}): Map<string, string> {
  return new Map(memory.paths().map((path) => [path, memory.get(path)?.toString('latin1') ?? '']));
}

function conversationsOf(files: ReadonlyMap<string, string>): string {
  return [...files]
    .filter(([path]) => /processed\.json$/.test(path))
    .flat()
    .join('\n');
}

async function* chunks(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function makeCorpus(): Promise<Buffer[]> {
  const whole = Buffer.concat([...sampleExport({ messages: 0, seed: 3 })]);
  const clean = Buffer.concat([...sampleExport({ messages: 0, seed: 3, defects: false })]);
  const account = JSON.parse(clean.toString('utf8')) as Account;
  const list = account.chats.list.slice(0, 5);
  const few = list.map((chat, index) => ({
    ...chat,
    messages: chat.messages.slice(index, index + 5),
  }));
  const small = { ...account, chats: { ...account.chats, list: few } };
  const { messages, metadata, other } = richConversation();
  const items = ['12345', '-7'].map((id) => ({
    ...{ id, status: 'processed' as const, other },
    ...{ metadata: { ...metadata, conversation_id: id }, messages: [...messages.values()] },
  }));
  let bundle = '';
  for await (const text of writeBundle(items, { exportedAt: '2026-01-01T00:00:00Z' }))
    bundle += text;
  return [
    ...[
      JSON.stringify(small, null, 1),
      JSON.stringify(few[2], null, 1),
      JSON.stringify(few[0]),
      bundle,
      bundle,
    ].map((text) => Buffer.from(text)),
    // with the defects that only the writer of them makes
    whole.subarray(0, 16 * 1024),
    ...exportFixtures(),
  ];
}

interface Account {
  readonly chats: { readonly list: { readonly messages: unknown[] }[] };
}

const OPTIONS = { conversationId: '77' };
const DICTIONARY = [
  ...[
    '"type":"message"',
    '"type":"service"',
    '"type":"personal_chat"',
    '"type":"private_supergroup"',
    '"id":12345,',
  ],
  ...[
    '"text":""',
    '"text":["a",{"type":"bold","text":"b"}]',
    '"text_entities":[]',
    '"date":"2023-11-15T12:30:00"',
  ],
  ...[
    '"date_unixtime":"1700051400"',
    '"date_unixtime":"-1"',
    '"date_unixtime":1e20',
    '"edited":"2023-11-15T12:30:00"',
  ],
  ...[
    '"messages":[',
    '"chats":{"list":[',
    '"left_chats":{}',
    '"from_id":"user1"',
    '"from_id":null',
    '"reply_to_message_id":1',
  ],
  ...[
    '"conversations":[',
    '"format":"tgstore-bundle"',
    '"version":2',
    '"status":"processed"',
    '"reactions":[{}]',
  ],
  ...[
    '"metadata":{"conversation_id":"../../x"}',
    '"conversation_id":"12345"',
    '"photo":"../../../etc/passwd"',
    '"document_id":5',
  ],
].map((text) => Buffer.from(text));
