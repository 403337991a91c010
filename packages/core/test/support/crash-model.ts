import type { ConversationStatus } from '@tgstore/schema';

/** One change of one conversation. */
export interface Step {
  readonly round: number;
  readonly id: string;
  readonly kind: 'save' | 'import' | 'processed' | 'unprocessed' | 'delete';
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
  'save',
  'import',
  'processed',
  'unprocessed',
  'delete',
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
  if (kind === 'import') {
    return { status: 'unprocessed', texts: { ...state?.texts, ...importedTexts(round) } };
  }
  if (kind === 'delete' || !state) return undefined;
  return { ...state, status: kind };
}

export function savedTexts(round: number): Record<string, string> {
  const texts = Array.from({ length: 20 }, (_, index) => [
    index + 1,
    `saved in ${round} `.repeat(500),
  ]);
  return Object.fromEntries(texts);
}

/** An edit of the first message, and a new one at the end. */
export function importedTexts(round: number): Record<string, string> {
  return { 1: `edited in ${round}`, [1000 + round]: `imported in ${round} `.repeat(500) };
}
