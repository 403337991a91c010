import {
  type Conversation,
  type ConversationStatus,
  type IncomingConversation,
  type Message,
  type Metadata,
  SCHEMA_VERSION,
  validateConversation,
} from '@tgstore/schema';

/** A conversation with these messages. */
export function conversation(
  id: string,
  messages: readonly Message[] = [message(1)],
  metadata: Partial<Metadata> = {},
): Conversation {
  return validateConversation({
    messages,
    metadata: { conversation_id: id, schema_version: SCHEMA_VERSION, ...metadata },
  });
}

/** A message, sent as many seconds after the year 2024 began as its id says. */
export function message(id: Message['id'], rest: Partial<Message> = {}): Message {
  const seconds = Number(BigInt.asUintN(20, BigInt(Number.isNaN(Number(id)) ? 0 : id)));
  const date = `${new Date(Date.UTC(2024, 0) + seconds * 1000).toISOString().slice(0, 19)}Z`;
  return { id, sender_id: 'user1', text: `text ${id}`, date, ...rest };
}

/** Messages with these ids, or with the ids from 1 up to a number. */
export function messages(
  ids: number | readonly Message['id'][],
  rest: Partial<Message> = {},
): Message[] {
  const list = typeof ids === 'number' ? Array.from({ length: ids }, (_, index) => index + 1) : ids;
  return list.map((id) => message(id, rest));
}

export interface IncomingSpec {
  readonly id: string;
  readonly messages: Iterable<Message> | AsyncIterable<Message>;
  readonly metadata?: Partial<Metadata> | undefined;
  readonly status?: ConversationStatus | undefined;
  readonly other?: Record<string, unknown> | undefined;
}

/** Conversations as a reader of `@tgstore/formats` hands them out, and as strict about the order of the calls. */
export async function* incoming(...specs: IncomingSpec[]): AsyncGenerator<IncomingConversation> {
  for (const [index, spec] of specs.entries()) {
    const { id, messages, metadata, status, other } = spec;
    const place = `list[${index}]`;
    let hasEnded = false;
    async function* read(): AsyncGenerator<Message> {
      yield* messages;
      hasEnded = true;
    }
    const mustHaveEnded = () => {
      if (!hasEnded) throw new TypeError(`Read all messages of ${place} first`);
    };
    yield {
      place,
      messages: read(),
      finish: () => {
        mustHaveEnded();
        return { metadata: { ...metadata, conversation_id: id }, status, other };
      },
    };
    mustHaveEnded();
  }
}
