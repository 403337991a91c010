import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import {
  type Conversation,
  type Message,
  serializeConversation,
  validateConversation,
} from '@tgstore/schema';
import { createRandom, type Random } from '@tgstore/testkit';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import { MemoryStore } from '../memory-store.ts';
import { keysOf, mustKeep, said, saidBy } from '../readings.ts';

/** Undo records, beside a file that is as before, torn or written to its end: what is not whole is never applied. */
export const undoRecords: Kind = {
  name: 'undo records',
  cases: 1_000_000,
  dear: 50_000,
  async open(directory) {
    return await UndoRecords.open(directory);
  },
};

const ID = '12345';
const HASH = 32;

class UndoRecords implements Subject {
  readonly material;
  readonly #store: MemoryStore;
  readonly #record: string;
  readonly #files: readonly Buffer[];
  readonly #before: Conversation;

  private constructor(store: MemoryStore, { record, files, before }: Append) {
    this.#store = store;
    this.#record = join(store.path, `.${ID}.undo`);
    this.#files = files;
    this.#before = before;
    this.material = { corpus: [record], dictionary: dictionaryOf(record), isJson: false };
  }

  static async open(directory: string): Promise<UndoRecords> {
    const store = new MemoryStore(directory, { appendInPlaceFrom: 0 });
    return new UndoRecords(store, makeAppend());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }

  async try({ bytes, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    const { memory, manager } = this.#store;
    const record = random.chance(0.6) ? withChecksum(withHeader(bytes, random)) : bytes;
    const isInForce = hasChecksum(record);
    const state = random.int(0, this.#files.length - 1);
    const file = this.#files[state] ?? Buffer.alloc(0);
    const path = this.#store.conversation(ID);
    memory.clear();
    memory.put(path, file);
    memory.put(this.#record, record);
    const alone = isInForce ? undefined : await this.#readAlone(path, file, record);
    const metadata = await unlessRefused(() => manager.readMetadata(ID));
    const last = await unlessRefused(() => saidBy(manager.readMessages(ID, { last: 1 })));
    if (alone)
      mustHold(
        last === undefined || keysOf(last) === alone,
        () => 'readers believe a record with a wrong checksum',
      );
    mustHold(memory.open === 0, () => 'left files open');
    if (isDear) await this.#recover({ path, file, record, isInForce, isTorn: state === TORN });
    return metadata !== undefined;
  }

  /** What the file says where there is no record. */
  async #readAlone(path: string, file: Buffer, record: Buffer): Promise<string | undefined> {
    const { memory, manager } = this.#store;
    memory.remove(this.#record);
    const found = await unlessRefused(() => saidBy(manager.readMessages(ID, { last: 1 })));
    memory.put(path, file);
    memory.put(this.#record, record);
    return found && keysOf(found);
  }

  async #recover({ path, file, record, isInForce, isTorn }: State): Promise<void> {
    const { memory, manager } = this.#store;
    const refused =
      (await unlessRefused(async () => await manager.recover({ minAgeMs: 0 }))) === undefined;
    const now = memory.get(path);
    const limit = Math.max(file.length, ...this.#files.map(({ length }) => length)) + record.length;
    mustHold(
      (now?.length ?? 0) <= limit,
      () => `recovery makes the file ${now?.length} bytes long`,
    );
    for (const other of memory.paths()) {
      const isExpected = other === path || other === this.#record || other.includes('/.tgstore/');
      mustHold(isExpected, () => `recovery writes ${basename(other)}`);
    }
    if (!isInForce) {
      mustHold(
        memory.get(this.#record) === undefined || refused,
        () => 'a record with a wrong checksum stays',
      );
      const kept = [path, ...memory.paths()].some((one) => memory.get(one)?.equals(file));
      mustHold(kept, () => 'a record with a wrong checksum was applied');
    }
    if (isInForce || isTorn) return;
    const whole = await manager.loadConversation(ID);
    mustHold(said(whole).size >= this.#before.messages.size, () => 'messages are gone');
    mustKeep(this.#before, whole, new Set());
  }
}

interface State {
  readonly path: string;
  readonly file: Buffer;
  readonly record: Buffer;
  readonly isInForce: boolean;
  readonly isTorn: boolean;
}

interface Append {
  readonly record: Buffer;
  /** The file before, after and in the middle of it. */
  readonly files: readonly Buffer[];
  readonly before: Conversation;
}

const TORN = 2;

/** Few and long messages: they are quickly read. */
function makeAppend(): Append {
  const message = (id: number): Message => ({
    id,
    sender_id: 'user1',
    text: `${id} `.repeat(5000),
    date: '2024-01-01T00:00:00Z',
  });
  const conversation = (count: number): Conversation =>
    validateConversation({
      messages: Array.from({ length: count }, (_, index) => message(1000 + index)),
      metadata: {
        conversation_id: ID,
        message_count: count,
        last_message_id: 999 + count,
        schema_version: 1,
        revision: count,
      },
    });
  const before = conversation(12);
  const [old, now] = [before, conversation(13)].map((one) =>
    Buffer.from(serializeConversation(one)),
  );
  if (!old || !now) throw new Error('nothing to append');
  const from = old.lastIndexOf('\n},\n');
  const at = from - (from % 4096);
  const header = Buffer.alloc(60);
  header.write('tgs-undo', 0, 'latin1');
  header.writeUInt32LE(1, 8);
  header.writeBigUInt64LE(BigInt(old.length), 12);
  header.writeBigUInt64LE(BigInt(at), 20);
  sha256(old.subarray(at - 4096, at)).copy(header, 28);
  const record = withChecksum(Buffer.concat([header, old.subarray(at), Buffer.alloc(HASH)]));
  const torn = Buffer.concat([old.subarray(0, from), now.subarray(from, from + 100)]);
  return { record, files: [old, now, torn], before };
}

/** What a hostile or broken writer might put into the numbers, so that they agree with each other. */
function withHeader(bytes: Buffer, random: Random): Buffer {
  if (bytes.length < 60 + HASH || random.chance(0.4)) return bytes;
  const copy = Buffer.from(bytes);
  const at = random.pick([
    0n,
    1n,
    4096n,
    12_288n,
    2n ** 20n,
    2n ** 31n,
    2n ** 40n,
    2n ** 53n,
    2n ** 63n,
    2n ** 64n - 4096n,
  ]);
  copy.writeBigUInt64LE(at, 20);
  copy.writeBigUInt64LE(BigInt.asUintN(64, at + BigInt(copy.length - 60 - HASH)), 12);
  if (random.chance(0.7)) sha256(Buffer.alloc(0)).copy(copy, 28);
  return copy;
}

function withChecksum(bytes: Buffer): Buffer {
  const content = bytes.subarray(0, Math.max(0, bytes.length - HASH));
  return Buffer.concat([content, sha256(content)]);
}

function hasChecksum(bytes: Buffer): boolean {
  return bytes.length >= 60 + HASH && withChecksum(bytes).equals(bytes);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function dictionaryOf(record: Buffer): Buffer[] {
  const numbers = [0, 1, 4096, 0xff_ff_ff_ff].map((value) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  });
  return [
    ...numbers,
    Buffer.from('tgs-undo'),
    Buffer.alloc(8, 0xff),
    record.subarray(28, 60),
    record.subarray(-HASH),
  ];
}
