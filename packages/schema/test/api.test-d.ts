// What the types of the public API accept, refuse and promise. Compiled by the typecheck, never run.
import type { ExactOptionals } from '@tgstore/testkit';
import { expectTypeOf } from 'vitest';
import {
  type Conversation,
  type ConversationInput,
  filterConversations,
  getLatestMessageId,
  type Id,
  type IncomingConversation,
  type JsonReaderOptions,
  type Message,
  type Metadata,
  mergeMessages,
  SchemaError,
  type SchemaErrorCode,
  validateConversation,
} from '../src/index.ts';

declare const chat: Conversation;
declare const code: SchemaErrorCode;
declare function take<T>(value: T): void;

export function ids(): void {
  const message: Message = { id: 1 };
  expectTypeOf(message.id).toEqualTypeOf<Id>();
  expectTypeOf<Id>().toEqualTypeOf<string | number | bigint>();
  expectTypeOf(getLatestMessageId(chat)).toEqualTypeOf<string | undefined>();
  // @ts-expect-error a message has an id
  take<Message>({ text: 'Hi' });
  // @ts-expect-error an id is no boolean
  take<Message>({ id: true });
}

export function documents(): void {
  // keys that are not listed are kept, and have to be looked at before they are used
  const message: Message = { id: 1, views: 7 };
  expectTypeOf(message.views).toEqualTypeOf<unknown>();
  expectTypeOf(message.text).toEqualTypeOf<string | null | undefined>();
  const metadata: Metadata = { conversation_id: '1', name: null, username: undefined };
  expectTypeOf(metadata.conversation_id).toEqualTypeOf<string>();
  // @ts-expect-error the id of a conversation is a string
  take<Metadata>({ conversation_id: 1 });
  expectTypeOf(chat.messages).toEqualTypeOf<Map<string, Message>>();
  expectTypeOf(mergeMessages(chat.messages, [message]).messages).toExtend<Map<string, Message>>();
}

export function inputs(): void {
  for (const messages of [new Map(), { 1: { id: 1 } }, [{ id: 1 }], new Set([{ id: 1 }])]) {
    const input: ConversationInput = { messages, metadata: {}, other: undefined };
    expectTypeOf(validateConversation(input)).toEqualTypeOf<Conversation>();
  }
  // @ts-expect-error messages are no text
  take<ConversationInput>({ messages: 7, metadata: {} });
  expectTypeOf<IncomingConversation['messages']>().toEqualTypeOf<AsyncIterable<Message>>();
}

export function generics(): void {
  const listed = [{ metadata: chat.metadata, path: 'a' }];
  expectTypeOf(filterConversations(listed, 'initial')).toEqualTypeOf<typeof listed>();
  // @ts-expect-error there are two modes
  filterConversations(listed, 'some');
}

export function errors(): void {
  const error = new SchemaError('SCHEMA_INVALID', 'no', { problems: undefined, offset: undefined });
  expectTypeOf(error.offset).toEqualTypeOf<number | undefined>();
  // @ts-expect-error codes of other packages are none of its
  error.code === 'LOCK_TIMEOUT';
  // @ts-expect-error what was found is not changed
  error.code = code;
}

export function everyCode(): string {
  switch (code) {
    case 'SCHEMA_INVALID':
    case 'SCHEMA_INVALID_JSON':
    case 'SCHEMA_JSON_ENDS_EARLY':
    case 'SCHEMA_VALUE_TOO_LARGE':
    case 'SCHEMA_VERSION_TOO_NEW':
      return code;
    default:
      return code satisfies never;
  }
}

/** What is passed on may be `undefined`. */
export function optionals(): void {
  expectTypeOf<ExactOptionals<ConversationInput>>().toBeNever();
  expectTypeOf<ExactOptionals<JsonReaderOptions>>().toBeNever();
}
