import type { Message, Metadata } from '@tgstore/schema';
import { checkMessage, checkMetadata, ProblemList } from '@tgstore/schema';
import { openExport, type ReadOptions, type ReadReport } from '../../src/index.ts';

export interface ReadConversation {
  place: string;
  messages: Message[];
  metadata: Metadata;
  status: string | undefined;
  other: unknown;
}

export interface ReadResult {
  format: string;
  kind: string;
  conversations: ReadConversation[];
  report: ReadReport;
}

export interface Options extends ReadOptions {
  /** Bytes a chunk. */
  chunk?: number;
  /** Check what comes out against the schema. @default true */
  valid?: boolean;
}

/** Reads an input to its end and checks all that comes out against the schema. */
export async function readAll(
  input: string | Uint8Array,
  { chunk = 65_536, valid = true, ...options }: Options = {},
): Promise<ReadResult> {
  const reader = await openExport(chunks(input, chunk), options);
  const conversations: ReadConversation[] = [];
  const problems = new ProblemList();
  for await (const conversation of reader.conversations()) {
    const messages: Message[] = [];
    for await (const message of conversation.messages) {
      if (valid) checkMessage(message, String(message.id), problems);
      messages.push(message);
    }
    const { metadata, status, other } = conversation.finish() as ReturnType<
      typeof conversation.finish
    > & { other?: unknown };
    if (valid) checkMetadata(metadata, problems);
    conversations.push({ place: conversation.place, messages, metadata, status, other });
  }
  problems.throwIfAny();
  return { format: reader.format, kind: reader.kind, conversations, report: reader.report };
}

/** The only conversation of an input. */
export async function readOne(
  input: string | Uint8Array,
  options?: Options,
): Promise<ReadConversation & { report: ReadReport }> {
  const { conversations, report } = await readAll(input, options);
  if (conversations.length !== 1) throw new Error(`${conversations.length} conversations`);
  return { ...(conversations[0] as ReadConversation), report };
}

/** The only message of a chat that holds this one, after the way through bytes. */
export async function readMessage(
  message: object | string,
  { chat = {}, ...options }: Options & { chat?: object } = {},
): Promise<{ message: Message; report: ReadReport; metadata: Metadata }> {
  const text = typeof message === 'string' ? message : JSON.stringify(message, null, 1);
  const head = { name: 'Ann', type: 'personal_chat', id: 7, ...chat };
  const input = `${JSON.stringify(head).slice(0, -1)},"messages":[${text}]}`;
  const { messages, report, metadata } = await readOne(input, options);
  if (messages.length !== 1) throw new Error(`${messages.length} messages`);
  return { message: messages[0] as Message, report, metadata };
}

/** A chat as Telegram Desktop lays it out. */
export function chatJson(messages: readonly unknown[], head: object = {}): string {
  return JSON.stringify({ name: 'Ann', type: 'personal_chat', id: 7, ...head, messages }, null, 1);
}

/** A source of chunks; each is a copy, as streams give them. */
export async function* chunks(
  input: string | Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(input as string);
  for (let at = 0; at < bytes.length; at += size) {
    yield new Uint8Array(bytes.subarray(at, at + size));
  }
}
