// Finds messages in one conversation. Bytes are scanned block by block, and only lines that may match are parsed. A line that
// is no message by itself shows that another program laid the file out: then its messages are streamed, which reads any
// layout, and says where a broken file is broken.

import { compareMessageIds, type Message } from '@tgstore/schema';
import { linesOf } from './byte-filter.ts';
import type { ByteSpan } from './byte-span.ts';
import { ContextWindow, type InContext } from './context-window.ts';
import type { ConversationFile } from './conversation-file.ts';
import { BrokenLineError, parseValidLine } from './message-lines.ts';
import type { MessageMatcher, TextMatch } from './message-matcher.ts';
import { readAhead } from './read-ahead.ts';

/** A message that was found. */
export interface FoundMessage {
  readonly message: Message;
  /** Where its text matches; one at least. */
  readonly matches: readonly TextMatch[];
}

export interface SearchConversationOptions {
  /** How many neighbours on each side. */
  readonly context: number;
  readonly signal?: AbortSignal | undefined;
}

type Found = InContext<Message, FoundMessage>;

/** The messages that are found, in order, each as soon as it and its context are read. */
export async function* searchConversation(
  file: ConversationFile,
  matcher: MessageMatcher,
  options: SearchConversationOptions,
): AsyncGenerator<Found> {
  let last: string | undefined;
  try {
    const lines = await file.messageLines();
    if (lines) {
      for await (const found of searchLines(file, lines.span, matcher, options)) {
        last = String(found.hit.message.id);
        yield found;
      }
      return;
    }
  } catch (error) {
    if (!(error instanceof BrokenLineError)) throw error;
  }
  for await (const found of searchMessages(file, matcher, options)) {
    const id = String(found.hit.message.id);
    if (last === undefined || compareMessageIds(id, last) > 0) yield found;
  }
}

async function* searchLines(
  file: ConversationFile,
  span: ByteSpan,
  matcher: MessageMatcher,
  { context, signal }: SearchConversationOptions,
): AsyncGenerator<Found> {
  const window = new ContextWindow<Message, FoundMessage>(context);
  let previous: string | undefined;
  const blocks = file.lineBlocks(span, { blockBytes: BLOCK_BYTES });
  for await (const { bytes } of readAhead(blocks)) {
    signal?.throwIfAborted();
    const lines = linesOf(bytes, matcher.filter, { all: context > 0 });
    for (const { start, end, mayMatch } of lines) {
      const read = once(() => parseValidLine(bytes.subarray(start, end)).message);
      if (mayMatch) {
        const id = String(read().id);
        if (previous !== undefined && compareMessageIds(previous, id) >= 0)
          throw new BrokenLineError();
        previous = id;
      }
      yield* window.push(read, mayMatch ? find(read(), matcher) : undefined);
    }
  }
  yield* window.end();
}

async function* searchMessages(
  file: ConversationFile,
  matcher: MessageMatcher,
  { context, signal }: SearchConversationOptions,
): AsyncGenerator<Found> {
  const window = new ContextWindow<Message, FoundMessage>(context);
  for await (const message of file.messages()) {
    signal?.throwIfAborted();
    yield* window.push(() => message, find(message, matcher));
  }
  yield* window.end();
}

function find(message: Message, matcher: MessageMatcher): FoundMessage | undefined {
  const matches = matcher.match(message);
  return matches && { message, matches };
}

function once<T>(read: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= read();
    return value;
  };
}

const BLOCK_BYTES = 1024 * 1024;
