import type { Conversation } from './conversation.ts';
import { SchemaError } from './errors.ts';
import { isObject } from './is-object.ts';
import { parseJson } from './json.ts';
import { getLatestMessageDate, getLatestMessageId } from './latest.ts';
import { closingLines, FIRST_LINE, MESSAGE_SEPARATOR, messageLine } from './line-layout.ts';
import type { Message } from './message.ts';
import { compareMessageIds } from './message-id.ts';
import type { Metadata } from './metadata.ts';
import { migrationPath } from './migrations.ts';
import { namesConversation } from './original.ts';
import { checkMessage, checkMetadata, messagePath, ProblemList } from './validate.ts';

/** What {@link validateConversation} accepts: messages as a Map, an object by id, or any iterable of messages. */
export interface ConversationInput {
  /** By id, or one after the other. */
  readonly messages: ReadonlyMap<string, unknown> | Iterable<unknown> | object;
  /** Needs `conversation_id` at least. */
  readonly metadata: object;
  /** Keys of the file beside `messages` and `metadata`; they are kept. */
  readonly other?: Record<string, unknown> | undefined;
}

/** Writes a conversation as the text of its file, in the line layout. It is neither validated nor sorted again. */
export function serializeConversation(conversation: Conversation): string {
  return [...conversationChunks(conversation)].join('');
}

/** The text of {@link serializeConversation} piece by piece, for conversations too large for one string. */
export function* conversationChunks(conversation: Conversation): Generator<string> {
  yield FIRST_LINE;
  let separator = '';
  for (const [key, message] of conversation.messages) {
    yield separator + messageLine(message, key);
    separator = MESSAGE_SEPARATOR;
  }
  yield closingLines(conversation.metadata, {
    other: conversation.other,
    empty: conversation.messages.size === 0,
  });
}

/**
 * Reads the text of a conversation file: any JSON layout, any spelling and version this release knows.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID_JSON`, `SCHEMA_INVALID`, `SCHEMA_VERSION_TOO_NEW`.
 */
export function deserializeConversation(text: string): Conversation {
  return readDocument(parseJson(text.charCodeAt(0) === 0xfe_ff ? text.slice(1) : text));
}

/**
 * Brings a conversation to today's spelling and order, and checks all of it. The result shares with the value what needs no
 * change; keys of the value beside `messages`, `metadata` and `other` are not looked at.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID` with the paths of the first ten problems, `SCHEMA_VERSION_TOO_NEW`.
 */
export function validateConversation(value: ConversationInput): Conversation {
  if (!isObject(value)) throw notAConversation('the conversation is no object');
  return build(value.metadata, value.messages, isObject(value.other) ? value.other : undefined);
}

/** The metadata of a conversation, without its messages. */
export function extractMetadata(conversation: { readonly metadata: Metadata }): Metadata {
  return conversation.metadata;
}

/** The messages of a conversation, in order. */
export function extractMessages(conversation: {
  readonly messages: ReadonlyMap<string, Message>;
}): Message[] {
  return [...conversation.messages.values()];
}

/**
 * Text ⇄ conversation. Each member is also exported by a name of its own.
 *
 * @example
 * const chat = deserializeConversation(text);
 * chat.messages = mergeMessages(chat.messages, [{ id: 7, text: 'Earlier' }]).messages;
 * console.log(serializeConversation(chat));
 */
export const ConversationSerializer = Object.freeze({
  /** As {@link serializeConversation}. */
  serialize: serializeConversation,
  /** As {@link deserializeConversation}. */
  deserialize: deserializeConversation,
  /** As {@link validateConversation}. */
  validate: validateConversation,
  /** As {@link extractMetadata}. */
  extractMetadata,
  /** As {@link extractMessages}. */
  extractMessages,
  /** As {@link getLatestMessageDate}. */
  getLatestMessageDate,
  /** As {@link getLatestMessageId}. */
  getLatestMessageId,
});

/**
 * A parsed JSON document to a conversation. The keys of `metadata` may also stand beside the messages, as the original wrote
 * them; its messages may be an array.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID`, `SCHEMA_VERSION_TOO_NEW`.
 */
export function readDocument(document: unknown): Conversation {
  if (!isObject(document)) throw notAConversation('a conversation file holds one JSON object');
  const { messages, metadata, ...rest } = document;
  if (metadata === undefined && namesConversation(rest)) {
    return build(rest, messages, undefined);
  }
  return build(metadata, messages, Object.keys(rest).length > 0 ? rest : undefined);
}

function build(
  rawMetadata: unknown,
  rawMessages: unknown,
  other: Record<string, unknown> | undefined,
): Conversation {
  const problems = new ProblemList();
  if (!isObject(rawMetadata))
    throw notAConversation('metadata is missing or no object', 'metadata');
  const migration = migrationPath(rawMetadata);
  const metadata = migration.metadata(rawMetadata);
  const metadataIsValid = checkMetadata(metadata, problems);
  for (const key of ['messages', 'metadata']) {
    // written once more, they would replace the real ones at the next reading
    if (other && Object.hasOwn(other, key)) problems.add(`other.${key}`, 'may not stand in other');
  }
  const messages = new Map<string, Message>();
  let index = 0;
  for (const [key, raw] of entries(rawMessages, problems)) {
    const message = isObject(raw) ? migration.message(raw, key) : raw;
    const name = key ?? nameOf(message, index);
    index += 1;
    if (messages.has(name)) problems.add(messagePath(name), 'occurs twice');
    else if (checkMessage(message, name, problems)) messages.set(name, message);
  }
  problems.throwIfAny();
  if (!metadataIsValid) throw notAConversation('metadata is not valid', 'metadata');
  return { messages: inOrder(messages), metadata, ...(other && { other }) };
}

function entries(raw: unknown, problems: ProblemList): Iterable<[string | undefined, unknown]> {
  if (raw instanceof Map) return keyed(raw);
  if (!isObject(raw) && !Array.isArray(raw)) {
    problems.add('messages', 'expected an object or an array');
    return [];
  }
  if (Symbol.iterator in raw) return unkeyed(raw as Iterable<unknown>);
  return Object.entries(raw);
}

function* keyed(messages: ReadonlyMap<unknown, unknown>): Generator<[string, unknown]> {
  for (const [key, message] of messages) yield [String(key), message];
}

function* unkeyed(messages: Iterable<unknown>): Generator<[undefined, unknown]> {
  for (const message of messages) yield [undefined, message];
}

/** What problems call a message that came without a key: its id, or its place where it has none. */
function nameOf(message: unknown, index: number): string {
  const id = isObject(message) ? message.id : undefined;
  return ['string', 'number', 'bigint'].includes(typeof id) ? String(id) : `[${index}]`;
}

function inOrder(messages: Map<string, Message>): Map<string, Message> {
  let previous: string | undefined;
  for (const key of messages.keys()) {
    if (previous !== undefined && compareMessageIds(previous, key) > 0) {
      return new Map([...messages].sort(([a], [b]) => compareMessageIds(a, b)));
    }
    previous = key;
  }
  return messages;
}

function notAConversation(message: string, path = ''): SchemaError {
  return new SchemaError('SCHEMA_INVALID', message, { problems: [{ path, message }] });
}
