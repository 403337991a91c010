/**
 * Schemas, types, text format and merging of Telegram conversations. No file system, no clock, no randomness.
 *
 * @example
 * ```ts
 * import { deserializeConversation, mergeMessages, serializeConversation } from '@tgstore/schema';
 *
 * const chat = deserializeConversation(`{"metadata": {"chatId": 12345, "name": "Ann"},
 *   "messages": [{"id": 9007199254740993, "date": "2023-11-15 14:30+02:00", "text": "Hi"}]}`);
 * chat.messages = mergeMessages(chat.messages, [{ id: 7, text: 'Earlier' }]).messages;
 * console.log(serializeConversation(chat));
 * ```
 *
 * @packageDocumentation
 */

export type { Conversation, ConversationDocument } from './conversation.ts';
export { conversationDocumentSchema } from './conversation.ts';
export type { FetchMode } from './conversation-type.ts';
export {
  filterConversations,
  isBotChat,
  isPersonalChat,
  isPrivateGroup,
} from './conversation-type.ts';
export { fromUnixSeconds, normalizeDate } from './dates.ts';
export type { Problem, SchemaErrorCode } from './errors.ts';
export { SchemaError } from './errors.ts';
export type { ConversationStatus, IncomingConversation } from './incoming.ts';
export { mayLoseDigits, parseJson, stringifyJson } from './json.ts';
export type { JsonMember, JsonReaderOptions } from './json-reader.ts';
export { JsonReader } from './json-reader.ts';
export { conversationJsonSchema } from './json-schema.ts';
export type { MessageCounts } from './latest.ts';
export {
  getLatestMessageDate,
  getLatestMessageId,
  MessageSummary,
  summarize,
  updateMetadata,
} from './latest.ts';
export type { LineBlock } from './line-block.ts';
export { encodeLines } from './line-block.ts';
export {
  AFTER_MESSAGES,
  BEFORE_METADATA,
  closingLines,
  FIRST_LINE,
  MESSAGE_SEPARATOR,
  messageLine,
} from './line-layout.ts';
export type { MergeResult } from './merge.ts';
export { isIdConflict, isSameMessage, mergeMessage, mergeMessages } from './merge.ts';
export { mergeMetadata } from './merge-metadata.ts';
export type { Entity, Message, Reaction } from './message.ts';
export { entitySchema, messageSchema, reactionSchema } from './message.ts';
export type { Id } from './message-id.ts';
export { compareMessageIds, isIntegerId, shownId } from './message-id.ts';
export type { Metadata } from './metadata.ts';
export { metadataSchema } from './metadata.ts';
export type { MigrationPath } from './migrations.ts';
export { migrationPath, SCHEMA_VERSION } from './migrations.ts';
export { namesConversation, renamedKeys } from './original.ts';
export type { Participant } from './participant.ts';
export { participantSchema } from './participant.ts';
export { sampleConversation } from './sample.ts';
export type { ConversationInput } from './serializer.ts';
export {
  ConversationSerializer,
  conversationChunks,
  deserializeConversation,
  extractMessages,
  extractMetadata,
  readDocument,
  serializeConversation,
  validateConversation,
} from './serializer.ts';
export { checkMessage, checkMetadata, messagePath, ProblemList } from './validate.ts';
