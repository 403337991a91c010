import type { ProcessingResult } from '@tgstore/core';

/** What went wrong, as programs are told. */
export interface ErrorDetails {
  /** Stable; messages are not. */
  readonly code: string;
  readonly message: string;
  /** Of the file or directory it is about. */
  readonly path?: string | undefined;
  /** Commands to type next; none where no command helps. */
  readonly next?: readonly string[] | undefined;
}

/** What an error or a note is about, where it is about one thing of several. */
export interface Subject {
  readonly conversation_id?: string | undefined;
  /** The export. */
  readonly source?: string | undefined;
  /** Where in the export: `chats.list[1]`. */
  readonly place?: string | undefined;
  readonly backup?: string | undefined;
}

/** What became of a conversation that a command processed. */
export interface ProcessedConversation {
  readonly event: 'conversation';
  readonly conversation_id: string;
  readonly status: ProcessingResult<unknown>['status'];
  readonly attempts: number;
  readonly duration_ms: number;
  readonly error?: ErrorDetails | undefined;
}

/** What an import did to a conversation, once it stands in the store. */
export interface ImportedConversationEvent {
  readonly event: 'conversation';
  readonly conversation_id: string;
  readonly status: 'imported' | 'unchanged';
  readonly source: string;
  readonly is_new: boolean;
  readonly added: number;
  readonly edited: number;
}

/** The lines of `--events`, without their `time`. Keys and events are only ever added; docs/events.md describes them. */
export type Event =
  | {
      readonly event: 'start';
      readonly command: string;
      readonly version: string;
      /** The directory; `null` where the configuration can't be read. */
      readonly store: string | null;
    }
  | {
      readonly event: 'progress';
      readonly what: string;
      readonly subject?: string | undefined;
      readonly unit: 'bytes' | 'conversations';
      readonly done: number;
      readonly total?: number | undefined;
    }
  | {
      readonly event: 'waiting';
      readonly conversation_id: string;
      readonly holder: {
        readonly pid: number;
        readonly host: string;
        readonly since: string;
        readonly operation?: string | undefined;
      };
    }
  | ({ readonly event: 'note' | 'warning'; readonly message: string } & Subject)
  | ProcessedConversation
  | ImportedConversationEvent
  | {
      readonly event: 'imported';
      readonly source: string;
      readonly conversations: number;
      readonly added: number;
      readonly edited: number;
    }
  | {
      readonly event: 'output';
      readonly conversation_id: string;
      readonly stream: 'stdout' | 'stderr';
      readonly text: string;
    }
  | { readonly event: 'ready'; readonly address?: string | undefined; readonly watching?: string[] }
  | { readonly event: 'result'; readonly result: object }
  | ({ readonly event: 'error' } & ErrorDetails & Subject)
  | { readonly event: 'interrupted'; readonly stops: 'after what is in hand' | 'at once' }
  | { readonly event: 'end'; readonly exit_status: number; readonly duration_ms: number };

/** An event as one line, with the time. */
export function toLine({ event, ...fields }: Event): string {
  return JSON.stringify({ event, time: new Date().toISOString(), ...fields });
}
