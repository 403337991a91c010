import type { Message } from '@tgstore/schema';

/** Conversations that exist from the beginning. */
export const IDS = ['1', '2', '3', 'B', '-100', 'c_d'] as const;

/** Which of its contents each message has, by its id: 0 as it was added, then counted by its edits; {@link DELETED}. */
export type Versions = Readonly<Record<string, number>>;

/** Greater than that of any edit: a deletion is the last. */
export const DELETED = 1_000_000_000;

/** What an ingestor is about to write, and then: that it is written. */
export interface Ingested {
  readonly kind: 'try' | 'acknowledged';
  readonly id: string;
  readonly versions: Versions;
}

/**
 * A processor begins with a conversation, has read what it was given, and ends; a process is killed. Pids are given away again, so
 * each process has a number of its own.
 */
export type Handled =
  | { readonly kind: 'begin'; readonly holder: number; readonly id: string }
  | {
      readonly kind: 'given';
      readonly holder: number;
      readonly id: string;
      readonly everything: boolean;
      readonly versions: Versions;
    }
  | { readonly kind: 'end'; readonly holder: number; readonly id: string; readonly ok: boolean }
  | { readonly kind: 'kill'; readonly holder: number };

/** What the others did. */
export interface Done {
  readonly backups?: number;
  readonly reads?: number;
  readonly marks?: number;
}

/** The text that tells which content it is. */
export function textOf(messageId: number, version: number): string {
  // of different lengths
  return `${messageId} v${version} ${'.'.repeat((messageId + version) % 40)}`;
}

/** @throws where the text is none of those that {@link textOf} gives this message */
export function versionOf({ id, text, deleted }: Message): number {
  if (deleted === true) return DELETED;
  const version = Number(/^\d+ v(\d+) /.exec(text ?? '')?.[1]);
  if (text === textOf(Number(id), version)) return version;
  throw new Error(`message ${id} has a foreign text: ${JSON.stringify(text)}`);
}
