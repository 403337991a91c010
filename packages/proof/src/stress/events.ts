import type { Message } from '@tgstore/schema';

/** Never deleted: what is acknowledged stays. The last is large enough to be appended to in place. */
const STEADY = ['1', 'B', '-100', 'large'] as const;
/** Deleted and made anew now and then. */
const FLEETING = ['c_d', 'large-2'] as const;
/** A backup takes their place now and then. */
const RESTORED = ['restored'] as const;

export const IDS: readonly string[] = [...STEADY, ...FLEETING, ...RESTORED];

export function isFleeting(id: string): boolean {
  return FLEETING.some((one) => one === id);
}

export function isRestored(id: string): boolean {
  return RESTORED.some((one) => one === id);
}

export function isLarge(id: string): boolean {
  return id.startsWith('large');
}

/** Which of its contents each message has, by its id: 0 as it was added, then counted by its edits; {@link DELETED}. */
export type Versions = Readonly<Record<string, number>>;

/** Greater than that of any edit: a deletion is the last. */
export const DELETED = 1_000_000_000;

/**
 * What the processes log, each line before or after what it tells of. Pids are given away again, so each process has a number of its
 * own, its `holder`.
 */
export type Event =
  /** A change is about to be made: these messages, or the end of the whole conversation. */
  | {
      readonly kind: 'try';
      readonly holder: number;
      readonly op: number;
      readonly id: string;
      readonly versions?: Versions | undefined;
      readonly removes?: true | undefined;
    }
  /** It is made, or it is not, and will not be. */
  | { readonly kind: 'done' | 'void'; readonly holder: number; readonly op: number }
  /** A processor begins with a conversation, has read what it was given, and ends. */
  | { readonly kind: 'begin'; readonly holder: number; readonly id: string }
  | {
      readonly kind: 'given';
      readonly holder: number;
      readonly id: string;
      readonly versions: Versions;
    }
  | { readonly kind: 'end'; readonly holder: number; readonly id: string; readonly ok: boolean }
  /** A process is about to be killed, and is dead. */
  | { readonly kind: 'kill' | 'dead'; readonly holder: number }
  | { readonly kind: 'did'; readonly what: string }
  | ({ readonly kind: 'used'; readonly holder: number; readonly program: string } & Usage);

/** What a process has in use between two operations, after a garbage collection. */
export interface Usage {
  readonly operations: number;
  readonly heapUsed: number;
  /** Memory outside the heap, of buffers included. */
  readonly external: number;
  readonly rss: number;
  readonly descriptors: number;
  /** Timers, sockets, requests under way. */
  readonly resources: number;
  readonly listeners: number;
}

/** The text that tells which content it is. */
export function textOf(messageId: number, version: number): string {
  // of different lengths; those with an odd id make a conversation large
  const length = messageId % 2 === 1 ? 1000 : (messageId + version) % 40;
  return `${messageId} v${version} ${'.'.repeat(length)}`;
}

/** @throws where the text is none of those that {@link textOf} gives this message */
export function versionOf({ id, text, deleted }: Message): number {
  if (deleted === true) return DELETED;
  const version = Number(/^\d+ v(\d+) /.exec(text ?? '')?.[1]);
  if (text === textOf(Number(id), version)) return version;
  throw new Error(`message ${id} has a foreign text: ${JSON.stringify(text)}`);
}

/** @throws where a message has a foreign text */
export function versionsOf(messages: Iterable<Message>): Map<string, number> {
  return new Map([...messages].map((message) => [String(message.id), versionOf(message)]));
}

export function messageOf(messageId: number, version: number): Message {
  return {
    id: messageId,
    sender_id: 'user1',
    text: textOf(messageId, version),
    date: '2024-01-01T00:00:00Z',
    ...(version > 0 && {
      edit_date: new Date(Date.UTC(2025, 0) + version * 1000).toISOString(),
    }),
  };
}
