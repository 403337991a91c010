import type { Message } from './message.ts';
import type { Metadata } from './metadata.ts';

/** The latest date of any message, ISO 8601 in UTC; `undefined` where none has a date. */
export function getLatestMessageDate({
  messages,
}: {
  readonly messages: ReadonlyMap<string, Message>;
}): string | undefined {
  return summarize(messages.values()).lastMessageDate;
}

/** The id that comes last in the order of messages, as a string; `undefined` without messages. */
export function getLatestMessageId({
  messages,
}: {
  readonly messages: ReadonlyMap<string, Message>;
}): string | undefined {
  return [...messages.keys()].at(-1);
}

/** What the metadata says of the messages. */
export interface MessageCounts {
  /** How many messages. */
  readonly count: number;
  /** The id that comes last in the order of messages; `undefined` without messages. */
  readonly lastMessageId: Message['id'] | undefined;
  /** The latest date, ISO 8601 in UTC; `undefined` where none has a date. */
  readonly lastMessageDate: string | undefined;
}

/** Counts messages one after the other, in order. */
export class MessageSummary implements MessageCounts {
  /** How many messages. */
  count = 0;
  /** The id that comes last in the order of messages; `undefined` without messages. */
  lastMessageId: Message['id'] | undefined;
  /** The latest date, ISO 8601 in UTC; `undefined` where none has a date. */
  lastMessageDate: string | undefined;

  /** Counts one more. */
  add(message: Pick<Message, 'id' | 'date'>): void {
    this.count += 1;
    this.lastMessageId = message.id;
    this.#noteDate(message.date);
  }

  /** Adds messages that were counted elsewhere. */
  addAll({ count, lastMessageId, lastMessageDate }: MessageCounts): void {
    if (count === 0) return;
    this.count += count;
    this.lastMessageId = lastMessageId;
    this.#noteDate(lastMessageDate);
  }

  #noteDate(date: string | null | undefined): void {
    if (date && (this.lastMessageDate === undefined || isLater(date, this.lastMessageDate))) {
      this.lastMessageDate = date;
    }
  }
}

/** The summary of messages that come in order. */
export function summarize(messages: Iterable<Message>): MessageCounts {
  const summary = new MessageSummary();
  for (const message of messages) summary.add(message);
  return summary;
}

/** Metadata with its message count, last id and last date as the summary has them; nothing else changes. */
export function updateMetadata(metadata: Metadata, summary: MessageCounts): Metadata {
  const { message_count, last_message_id, last_message_date, ...rest } = metadata;
  return {
    ...rest,
    ...(summary.lastMessageDate !== undefined && { last_message_date: summary.lastMessageDate }),
    message_count: summary.count,
    ...(summary.lastMessageId !== undefined && { last_message_id: summary.lastMessageId }),
  };
}

function isLater(first: string, second: string): boolean {
  // both end in Z; a fraction makes the text of an equal second sort lower
  if (first.length === second.length) return first > second;
  return Date.parse(first) > Date.parse(second);
}
