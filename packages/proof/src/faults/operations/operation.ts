import {
  type Conversation,
  EnhancedFileManager,
  type FileSystem,
  type Message,
} from '@tgstore/core';
import { validateConversation } from '@tgstore/schema';

/** A store, and a directory beside it for exports. */
export interface Place {
  readonly root: string;
  readonly store: string;
  readonly outside: string;
}

export interface Operation {
  readonly name: string;
  /** Makes what is there before. */
  readonly prepare: (store: EnhancedFileManager, place: Place) => Promise<unknown>;
  /** Resolves to what it tells, which is the same each time; rejects where it tells of a failure. */
  readonly run: (store: EnhancedFileManager, place: Place) => Promise<unknown>;
  /** Codes that the next try may give since the one that failed had an effect. */
  readonly mayBeDone?: readonly string[] | undefined;
  /** Errors after which it succeeds without what it writes: a note that it does without. */
  readonly doesWithout?: readonly string[] | undefined;
  /** Rejects unless what it made beside the conversations is there; called after each success. */
  readonly assertMade?: ((store: EnhancedFileManager, place: Place) => Promise<void>) | undefined;
}

export function openStore(store: string, fileSystem?: FileSystem): EnhancedFileManager {
  return new EnhancedFileManager({ storageDir: store, fileSystem, appendInPlaceFrom: 0 });
}

/** Messages 1, 2, … with these texts. */
export function texts(...list: readonly string[]): Message[] {
  return list.map((text, index) => message(index + 1, text));
}

export function message(id: number, text: string): Message {
  return { id, sender_id: 'user1', text, date: new Date(1.7e12 + id * 1000).toISOString() };
}

/** As many messages of a kilobyte; 300 make a file that is appended to in place. */
export function kilobytes(count: number): Message[] {
  return Array.from({ length: count }, (_, at) => message(at + 1, `text ${at} `.padEnd(1000, 'é')));
}

export function conversation(id: string, messages: readonly Message[]): Conversation {
  return validateConversation({ messages, metadata: { conversation_id: id, name: `Chat ${id}` } });
}

/** What tells of times and revisions differs each time. */
export async function quietly(work: Promise<unknown>): Promise<void> {
  await work;
}
