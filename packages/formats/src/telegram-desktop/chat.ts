import type { IncomingConversation, Message, Metadata } from '@tgstore/schema';
import { SchemaError, shownId } from '@tgstore/schema';
import { isTooDeep } from '../depth.ts';
import { looksLikeTdl } from '../look-alikes.ts';
import type { Walk } from '../walk.ts';
import type { ZoneOptions } from './chat-facts.ts';
import { type ChatContext, chatMetadata } from './chat-metadata.ts';
import { MessageConverter } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { peerKind, senderOfNumber } from './peer-id.ts';

/** What all chats of one export are read with. */
export interface ChatOptions extends ZoneOptions {
  /** Sender id of the account, where the export names it. */
  readonly ownId: string | undefined;
}

/** A chat object of which some keys may have been read already. */
export interface OpenChat {
  readonly context: ChatContext;
  /** Keys read so far, but `messages`. */
  readonly fields: Map<string, unknown>;
  /** The key whose value comes next, where one was read; `null` when the object has ended. */
  readonly next?: string | null | undefined;
}

/**
 * Reads the chat object that the walk has entered, to its end. Yields the conversation once, when its messages come, or at the
 * end where there are none; keys in any order. A `messages` that is `null` counts as none.
 */
export async function* readChat(
  walk: Walk,
  { context, fields, next }: OpenChat,
  options: ChatOptions,
): AsyncGenerator<IncomingConversation> {
  walk.place = context.place;
  let key = next === undefined ? await walk.reader.nextKey() : (next ?? undefined);
  let hasMessages = false;
  while (key !== undefined && !hasMessages) {
    if (key === 'messages') hasMessages = await entersMessages(walk, context);
    else fields.set(key, await walk.value());
    if (!hasMessages) key = await walk.reader.nextKey();
  }
  const chat = new Chat(walk, fields, context, options);
  walk.report.conversations += 1;
  yield chat.conversation(hasMessages);
  if (!chat.hasEnded) {
    throw new TypeError(`Read all messages of ${context.place} before the next conversation`);
  }
}

async function entersMessages(walk: Walk, context: ChatContext): Promise<boolean> {
  walk.place = `${prefix(context)}messages`;
  if (await walk.enterUnlessNull('[')) return true;
  walk.place = context.place;
  return false;
}

/** What stands before the place of a message. */
function prefix({ kind, place }: ChatContext): string {
  return kind === 'single' ? '' : `${place}.`;
}

class Chat {
  hasEnded = false;
  readonly #walk: Walk;
  readonly #fields: Map<string, unknown>;
  readonly #context: ChatContext;
  readonly #converter: MessageConverter;
  #index = 0;

  constructor(
    walk: Walk,
    fields: Map<string, unknown>,
    context: ChatContext,
    options: ChatOptions,
  ) {
    this.#walk = walk;
    this.#fields = fields;
    this.#context = context;
    const own =
      options.ownId === undefined
        ? ownIdOf(fields)
        : { ownId: options.ownId, ownIdOfNumbers: options.ownId };
    this.#converter = new MessageConverter({
      report: walk.report,
      zone: options.zone,
      hasZone: options.hasZone,
      chat: peerKind(fields.get('type')),
      ...own,
    });
  }

  conversation(hasMessages: boolean): IncomingConversation {
    return {
      place: this.#context.place,
      messages: hasMessages ? this.#messages() : this.#none(),
      finish: () => ({ metadata: this.#metadata() }),
    };
  }

  async *#messages(): AsyncGenerator<Message> {
    const walk = this.#walk;
    walk.place = `${prefix(this.#context)}messages`;
    try {
      for await (const batch of walk.reader.elements()) {
        // bytes from the beginning of the buffer to the reader
        const end = batch.at(-1) as Uint8Array;
        const before = walk.offset - end.byteOffset - end.length;
        for (const bytes of batch) {
          const message = this.#convert(bytes, before + bytes.byteOffset);
          if (message) yield message;
        }
      }
      await this.#readRest();
    } catch (error) {
      if (error instanceof SchemaError && walk.place.endsWith('messages')) {
        walk.place = `${walk.place}[${this.#index}]`;
      }
      walk.stop(error, this.#id());
    }
    for (const offset of this.#converter.offsets.list()) walk.report.addOffset(offset);
    this.hasEnded = true;
  }

  // biome-ignore lint/correctness/useYield: a chat without messages
  async *#none(): AsyncGenerator<never> {
    this.hasEnded = true;
  }

  #convert(bytes: Uint8Array, offset: number): Message | undefined {
    const { report } = this.#walk;
    const index = this.#index;
    this.#index += 1;
    let source: unknown;
    try {
      if (isTooDeep(bytes)) throw new SchemaError('SCHEMA_INVALID_JSON', 'nested too deeply');
      source = parseMessage(bytes, report);
    } catch (error) {
      if (!(error instanceof SchemaError)) throw error;
      this.#skip(index, offset, error.message);
      return undefined;
    }
    if (typeof source !== 'object' || source === null || Array.isArray(source)) {
      this.#skip(index, offset, 'it is no object');
      return undefined;
    }
    if (index === 0 && this.#isTdl(source)) throw looksLikeTdl();
    report.messages += 1;
    return this.#converter.convert(source as Record<string, unknown>, bytes);
  }

  // {"id", "messages":[{"id", "type", "file"}]}: names of files to download, no conversation
  #isTdl(first: object): boolean {
    const isBare = this.#context.kind === 'single' && this.#fields.size === 1;
    if (!isBare || !this.#fields.has('id') || !('file' in first)) return false;
    return !('from' in first || 'from_id' in first || 'date_unixtime' in first);
  }

  #skip(index: number, offset: number, reason: string): void {
    const place = `${prefix(this.#context)}messages[${index}]`;
    this.#walk.report.skip({ place, offset, reason });
  }

  /** Keys behind the messages; a second `messages` is passed over, with a word. */
  async #readRest(): Promise<void> {
    const walk = this.#walk;
    walk.place = this.#context.place;
    for (;;) {
      const key = await walk.reader.nextKey();
      if (key === undefined) return;
      const { offset } = walk;
      if (key === 'messages') {
        await walk.reader.skip();
        const place = `${prefix(this.#context)}messages`;
        walk.report.skip({ place, offset, reason: 'the chat has a second key of this name' });
      } else {
        this.#fields.set(key, await walk.value());
      }
    }
  }

  #metadata(): Metadata {
    if (!this.hasEnded) {
      throw new TypeError(`Read all messages of ${this.#context.place} before finish()`);
    }
    return chatMetadata(this.#fields, this.#converter, this.#context);
  }

  #id(): string | undefined {
    const id = this.#fields.get('id');
    return typeof id === 'string' || typeof id === 'number' ? shownId(String(id)) : undefined;
  }
}

// the chat with oneself has one's own id, which exports with numbers for ids may have shifted
function ownIdOf(fields: ReadonlyMap<string, unknown>): {
  ownId?: string;
  ownIdOfNumbers?: string;
} {
  const id = fields.get('id');
  if (fields.get('type') !== 'saved_messages' || !Number.isSafeInteger(id)) return {};
  return { ownId: `user${id}`, ownIdOfNumbers: senderOfNumber(id as number, 'user') };
}
