import type { IncomingConversation, Message, Metadata, MigrationPath } from '@tgstore/schema';
import { migrationPath, namesConversation, parseJson, SchemaError, shownId } from '@tgstore/schema';
import { isTooDeep } from '../depth.ts';
import { FormatError } from '../errors.ts';
import { setKey } from '../set-key.ts';
import { TOP_LEVEL, type Walk } from '../walk.ts';
import { BUNDLE_VERSION } from './write.ts';

/**
 * Reads a bundle whose root object the walk has entered, up to the key `conversations`: any layout, keys in any order, the
 * spellings of the original as well. Messages come by id or in an array; they are not validated.
 */
export async function* readBundle(
  walk: Walk,
  fields: ReadonlyMap<string, unknown>,
): AsyncGenerator<IncomingConversation> {
  const { reader } = walk;
  try {
    checkVersion(fields.get('metadata'));
    walk.place = 'conversations';
    if (await walk.enterUnlessNull('{')) {
      for (let id = await reader.nextKey(); id !== undefined; id = await reader.nextKey()) {
        yield* readConversation(walk, id);
        if (walk.stopped) return;
        walk.place = 'conversations';
      }
    }
    walk.place = TOP_LEVEL;
    for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
      if (key === 'metadata') checkVersion(await walk.value());
      else await reader.skip();
    }
    await reader.end();
  } catch (error) {
    walk.stop(error);
  } finally {
    await reader.close();
  }
}

function checkVersion(metadata: unknown): void {
  const version = (metadata as { format_version?: unknown } | null | undefined)?.format_version;
  if (typeof version !== 'number' || version <= BUNDLE_VERSION) return;
  throw new FormatError(
    'FORMAT_TOO_NEW',
    `The bundle is of version ${version}, this release reads up to ${BUNDLE_VERSION}; update tgstore`,
  );
}

async function* readConversation(walk: Walk, id: string): AsyncGenerator<IncomingConversation> {
  walk.place = `conversations.${id}`;
  await walk.reader.enter('{');
  const fields = new Map<string, unknown>();
  const hasMessages = await readFields(walk, fields);
  const conversation = new Conversation(walk, id, fields);
  walk.report.conversations += 1;
  yield conversation.incoming(hasMessages);
  if (!conversation.hasEnded) {
    throw new TypeError(`Read all messages of conversations.${id} before the next conversation`);
  }
}

/** Reads keys up to `messages`; false when the object ended without. */
async function readFields(walk: Walk, fields: Map<string, unknown>): Promise<boolean> {
  for (;;) {
    const key = await walk.reader.nextKey();
    if (key === undefined) return false;
    if (key === 'messages') return true;
    fields.set(key, await walk.value());
  }
}

class Conversation {
  hasEnded = false;
  readonly #walk: Walk;
  readonly #id: string;
  readonly #fields: Map<string, unknown>;
  // the metadata may stand behind the messages, so these are read as the oldest; that changes nothing in newer ones
  readonly #migration: MigrationPath = migrationPath({});

  constructor(walk: Walk, id: string, fields: Map<string, unknown>) {
    this.#walk = walk;
    this.#id = id;
    this.#fields = fields;
  }

  incoming(hasMessages: boolean): IncomingConversation {
    return {
      place: this.#place(),
      messages: hasMessages ? this.#messages() : this.#none(),
      finish: () => this.#finish(),
    };
  }

  async *#messages(): AsyncGenerator<Message> {
    const walk = this.#walk;
    walk.place = `${this.#place()}.messages`;
    try {
      if ((await walk.reader.peek()) === OPEN_BRACKET) {
        await walk.reader.enter('[');
        for (let index = 0; await walk.reader.nextElement(); index += 1) {
          const message = await this.#next(undefined, `[${index}]`);
          if (message) yield message;
        }
      } else if (await walk.enterUnlessNull('{')) {
        for (;;) {
          const key = await walk.reader.nextKey();
          if (key === undefined) break;
          const message = await this.#next(key, `.${shownId(key)}`);
          if (message) yield message;
        }
      }
      walk.place = this.#place();
      await this.#readRest();
    } catch (error) {
      walk.stop(error, shownId(this.#id));
    }
    this.hasEnded = true;
  }

  // biome-ignore lint/correctness/useYield: a conversation without messages
  async *#none(): AsyncGenerator<Message> {
    this.hasEnded = true;
  }

  async #next(key: string | undefined, name: string): Promise<Message | undefined> {
    const { reader, report, offset } = this.#walk;
    const bytes = await reader.slice();
    const place = `${this.#place()}.messages${name}`;
    const { message, reason } = this.#convert(bytes, key);
    if (!message) {
      report.skip({ place, offset, reason });
      return undefined;
    }
    report.messages += 1;
    return message;
  }

  #convert(
    bytes: Uint8Array,
    key: string | undefined,
  ): { message: Message; reason?: never } | { message?: never; reason: string } {
    if (isTooDeep(bytes)) return { reason: 'nested too deeply' };
    let value: unknown;
    try {
      value = parseJson(decoder.decode(bytes));
    } catch (error) {
      if (error instanceof SchemaError) return { reason: error.message };
      throw error;
    }
    if (!isObject(value)) return { reason: 'it is no object' };
    const message = this.#migration.message(value, key) as Message;
    if (message.id === undefined || message.id === null) return { reason: 'it has no id' };
    if (typeof message.id === 'object') return { reason: 'its id is no text and no number' };
    if (key !== undefined && String(message.id) !== key) {
      const id = shownId(String(message.id));
      return { reason: `its id is ${id}, but its key says ${shownId(key)}` };
    }
    return { message };
  }

  async #readRest(): Promise<void> {
    const walk = this.#walk;
    while (await readFields(walk, this.#fields)) {
      const { offset } = walk;
      await walk.reader.skip();
      const place = `${this.#place()}.messages`;
      walk.report.skip({ place, offset, reason: 'the conversation has a second key of this name' });
    }
  }

  #finish(): ReturnType<IncomingConversation['finish']> {
    if (!this.hasEnded)
      throw new TypeError(`Read all messages of ${this.#place()} before finish()`);
    const raw = this.#rawMetadata() ?? {};
    const metadata = migrate(raw, this.#place()).metadata(raw);
    const id = metadata.conversation_id ?? undefined;
    if (id !== undefined && id !== this.#id) {
      throw new FormatError(
        'FORMAT_BAD_ID',
        `${this.#place()} has the metadata of conversation ${shownId(String(id))}; make its key and its conversation_id the same`,
      );
    }
    const other = this.#other();
    return {
      metadata: { ...metadata, conversation_id: this.#id } as Metadata,
      status: this.#fields.get('status') === 'processed' ? 'processed' : 'unprocessed',
      ...(other && { other }),
    };
  }

  /** The original also wrote the keys of the metadata beside the messages. */
  #rawMetadata(): Record<string, unknown> | undefined {
    const metadata = this.#fields.get('metadata');
    if (isObject(metadata)) return metadata;
    const rest = this.#rest();
    return namesConversation(rest) ? rest : undefined;
  }

  #other(): Record<string, unknown> | undefined {
    if (!isObject(this.#fields.get('metadata')) && this.#rawMetadata()) return undefined;
    const rest = this.#rest();
    return Object.keys(rest).length > 0 ? rest : undefined;
  }

  #rest(): Record<string, unknown> {
    const rest = {};
    for (const [key, value] of this.#fields) {
      if (key !== 'metadata' && key !== 'status') setKey(rest, key, value);
    }
    return rest;
  }

  #place(): string {
    return `conversations.${this.#id}`;
  }
}

function migrate(metadata: Record<string, unknown>, place: string): MigrationPath {
  try {
    return migrationPath(metadata);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new FormatError('FORMAT_TOO_NEW', `${place} is ${error.message}`, { cause: error });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const OPEN_BRACKET = 0x5b;
