import type { ConversationStatus } from '@tgstore/schema';

/** One change of one conversation. */
export interface Step {
  readonly round: number;
  readonly id: string;
  readonly kind:
    | 'save'
    | 'import'
    | 'merge'
    | 'append'
    | 'delete-messages'
    | 'processed'
    | 'unprocessed'
    | 'delete';
}

/** What a conversation is: its status, and the text of each message by id. */
export interface State {
  readonly status: ConversationStatus;
  readonly texts: Readonly<Record<string, string>>;
}

const IDS = ['1', 'B', '-100'];
const KINDS = [
  'save',
  'processed',
  'import',
  'processed',
  'append',
  'processed',
  'delete-messages',
  'merge',
  'processed',
  'save',
  'import',
  'processed',
  'unprocessed',
  'delete',
  'merge',
] as const;

/** The step of a round: each conversation in turn goes through all kinds. */
export function stepOf(round: number): Step {
  const id = IDS[round % IDS.length] ?? '';
  const kind = KINDS[Math.floor(round / IDS.length) % KINDS.length] ?? 'save';
  return { round, id, kind };
}

/** What a step makes of a conversation. */
export function apply(state: State | undefined, { kind, round }: Step): State | undefined {
  if (kind === 'save') return { status: 'unprocessed', texts: savedTexts(round) };
  if (kind === 'import' || kind === 'merge') {
    return { status: 'unprocessed', texts: { ...state?.texts, ...importedTexts(round) } };
  }
  if (kind === 'delete' || !state) return undefined;
  if (kind === 'append') {
    return { status: 'unprocessed', texts: { ...state.texts, ...appendedTexts(round) } };
  }
  if (kind === 'delete-messages') {
    const gone = DELETED.filter((key) => state.texts[key]).map((key) => [key, '']);
    if (gone.length === 0) return state;
    return { status: 'unprocessed', texts: { ...state.texts, ...Object.fromEntries(gone) } };
  }
  return { ...state, status: kind };
}

export function savedTexts(round: number): Record<string, string> {
  const texts = Array.from({ length: 20 }, (_, index) => [
    index + 1,
    `saved in ${round} `.repeat(500),
  ]);
  return Object.fromEntries(texts);
}

/** Messages that `delete-messages` makes tombstones of. */
export const DELETED: readonly string[] = ['2', '3'];

export function appendedTexts(round: number): Record<string, string> {
  return { [1_000_000 + round]: `appended in ${round}` };
}

/** An edit of the first message, and a new one at the end. */
export function importedTexts(round: number): Record<string, string> {
  return { 1: `edited in ${round}`, [1000 + round]: `imported in ${round} `.repeat(500) };
}
