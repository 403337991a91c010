import { createHash } from 'node:crypto';
import type { ConversationStatus, Message } from '@tgstore/schema';
import type { Random } from '@tgstore/testkit';

/** One change that a lane makes of its own conversation, or of the one that all share. */
export interface Step {
  /** Of the lane: no two steps of it have the same one. */
  readonly round: number;
  readonly kind: Kind;
  /** How many messages are saved or appended. */
  readonly count: number;
  /** Of the text of each, in characters. */
  readonly length: number;
  /** The backup that is restored. */
  readonly backup?: string | undefined;
}

export type Kind = (typeof KINDS)[number];

/** What a conversation is: its status, and the text of each message by id. */
export interface State {
  readonly status: ConversationStatus;
  readonly texts: Texts;
}

export type Texts = Readonly<Record<string, string>>;

/** The conversation that every lane adds to. */
export const SHARED = 'shared';

/** Messages that `delete-messages` makes tombstones of. */
export const DELETED: readonly string[] = ['2', '3'];

// as often as each stands here
const KINDS = [
  ...['save', 'save', 'append', 'append', 'append', 'append', 'append', 'append'],
  ...['merge', 'merge', 'import', 'import', 'process', 'process', 'process'],
  ...['processed', 'unprocessed', 'delete-messages', 'delete', 'backup', 'restore'],
  ...['shared-add', 'shared-add', 'shared-process'],
] as const;

/** `backup` is one that can be restored. */
export function drawStep(random: Random, round: number, backup: string | undefined): Step {
  const kind = random.pick(KINDS);
  const isSmall = random.chance(0.3);
  const count = kind === 'save' ? (isSmall ? 20 : 300) : random.int(1, 3);
  const length = kind === 'save' ? 1000 : random.chance(0.15) ? 80_000 : random.int(10, 6000);
  if (kind !== 'restore') return { round, kind, count, length };
  return { round, kind: backup ? kind : 'backup', count, length, backup };
}

/** What a step makes of the conversation of its lane; `inBackup` is what the backup that it restores has. */
export function apply(
  state: State | undefined,
  step: Step,
  inBackup?: State | undefined,
): State | undefined {
  const { kind } = step;
  if (kind === 'save') return { status: 'unprocessed', texts: savedTexts(step) };
  if (kind === 'import' || kind === 'merge') {
    return { status: 'unprocessed', texts: { ...state?.texts, ...mergedTexts(step) } };
  }
  if (kind === 'restore') return inBackup;
  if (kind === 'delete' || !state) return kind === 'delete' ? undefined : state;
  if (kind === 'append') {
    return { status: 'unprocessed', texts: { ...state.texts, ...appendedTexts(step) } };
  }
  if (kind === 'delete-messages') {
    const gone = DELETED.filter((key) => state.texts[key]).map((key) => [key, '']);
    if (gone.length === 0) return state;
    return { status: 'unprocessed', texts: { ...state.texts, ...Object.fromEntries(gone) } };
  }
  if (kind === 'process') return { ...state, status: 'processed' };
  if (kind === 'processed' || kind === 'unprocessed') return { ...state, status: kind };
  return state;
}

/** What may stand between a state and the next: content changes, and is restored, only under the unprocessed name. */
export function between(before: State | undefined, after: State | undefined): State[] {
  if (!before || !after || before.texts === after.texts) return [];
  return [before, after].map((state) => ({ ...state, status: 'unprocessed' }));
}

export function savedTexts({ round, count, length }: Step): Texts {
  return texts(count, (index) => [index + 1, `saved in ${round} `.padEnd(length, 'é"\n')]);
}

export function appendedTexts({ round, count, length }: Step): Texts {
  return texts(count, (index) => [
    1_000_000 + 10 * round + index,
    `appended in ${round} `.padEnd(length, 'ab'),
  ]);
}

/** An edit of the first message, and one that comes between others. */
export function mergedTexts({ round, length }: Step): Texts {
  return { 1: `edited in ${round}`, [1000 + round]: `merged in ${round} `.padEnd(length, 'cd') };
}

/** A message that no other step of any lane adds. */
export function sharedTexts(lane: number, { round, length }: Step): Texts {
  return { [lane * 1_000_000 + round]: `lane ${lane} in ${round} `.padEnd(length, 'ef') };
}

export function toMessages(round: number, from: Texts): Message[] {
  const edit_date = new Date(Date.UTC(2024, 0) + round * 1000).toISOString();
  return Object.entries(from).map(([key, text]) => {
    const date = new Date(Date.UTC(2023, 0) + (Number(key) % 1_000_000) * 1000).toISOString();
    return { id: Number(key), sender_id: 'user1', text, date, edit_date };
  });
}

export function textsOf({ messages }: { messages: ReadonlyMap<string, Message> }): Texts {
  return Object.fromEntries([...messages].map(([key, { text }]) => [key, text ?? '']));
}

export function digest(from: Texts): string {
  const hash = createHash('sha256');
  for (const key of Object.keys(from).sort()) hash.update(JSON.stringify([key, from[key]]));
  return hash.digest('hex');
}

function texts(count: number, text: (index: number) => readonly [number, string]): Texts {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => text(index)));
}
