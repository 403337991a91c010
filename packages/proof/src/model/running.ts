import type { EnhancedFileManager, FileManager } from '@tgstore/core';
import type { Message, Metadata } from '@tgstore/schema';
import type { Event } from './events.ts';
import type { Plan, Step } from './plan.ts';
import type { Archived } from './restore-event.ts';

/** A conversation that nobody touches. */
export const KEEPER = 'keeper';

/** What operations know of the history that they belong to, and tell it. */
export interface Recorder {
  readonly plan: Plan;
  /** Where files may be put that are no part of the store. */
  readonly directory: string;
  /** The backup that was made before the clients began. */
  readonly archive:
    | { readonly id: string; readonly conversations: ReadonlyMap<string, Archived> }
    | undefined;
  /** The present, which goes on with each look. */
  tick(): number;
  add(id: string, event: Event): void;
  fail(text: string): void;
  count(what: string): void;
  /** Somebody has a conversation in hand, until {@link leave}. */
  enter(id: string, by: string): void;
  leave(id: string): void;
  conversation(
    id: string,
    messages: readonly Message[],
  ): { messages: Message[]; metadata: Metadata };
  /** What a conversation is given as a whole: one message may make it large. */
  withLarge(messages: readonly Message[]): Message[];
}

/** What an operation reaches, and the name by which its instants are told from those of others. */
export interface Running {
  readonly history: Recorder;
  readonly by: string;
  readonly store: EnhancedFileManager;
  readonly reader: FileManager;
  readonly step: Step;
  /** Runs another operation. */
  readonly run: (by: string, step: Step) => Promise<void>;
}
