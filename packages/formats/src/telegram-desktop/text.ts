import type { Entity } from '@tgstore/schema';
import { setKey } from '../set-key.ts';

/** A text put together from parts. */
export interface FlatText {
  readonly text: string;
  /** Absent where nothing is marked. Offsets count UTF-16 code units. */
  readonly entities: Entity[] | undefined;
  /** Some part was not as expected, so that the source says more than this. */
  readonly malformed: boolean;
}

/** Joins `text` (string, or array of strings and objects) or `text_entities` (array of objects) to one flat text. */
export function flattenText(source: unknown): FlatText {
  if (typeof source === 'string') return { text: source, entities: undefined, malformed: false };
  if (!Array.isArray(source)) return { text: '', entities: undefined, malformed: true };
  let text = '';
  let entities: Entity[] | undefined;
  let malformed = false;
  for (const part of source as unknown[]) {
    if (typeof part === 'string') {
      text += part;
      continue;
    }
    const { type, text: words } = (part ?? {}) as Record<string, unknown>;
    if (typeof words !== 'string' || typeof type !== 'string') malformed = true;
    if (typeof words !== 'string') continue;
    if (typeof type === 'string' && type !== 'plain' && words !== '') {
      const entity: Entity = { type, offset: text.length, length: words.length };
      if (!addDetails(entity, part as Record<string, unknown>)) malformed = true;
      entities ??= [];
      entities.push(entity);
    }
    text += words;
  }
  return { text, entities, malformed };
}

/** Whether `text_entities` says what the plain string `text` says, and nothing more: true for most messages. */
export function isPlainText(text: string, parts: readonly unknown[]): boolean {
  if (parts.length === 0) return text === '';
  if (parts.length > 1) return false;
  const { type, text: words } = (parts[0] ?? {}) as Record<string, unknown>;
  return type === 'plain' && words === text;
}

/** Copies what a part says beyond type and text; false where a key has no room. */
function addDetails(entity: Entity, part: Record<string, unknown>): boolean {
  let fits = true;
  for (const key in part) {
    const value = part[key];
    if (key === 'type' || key === 'text') continue;
    if (key === 'href' && typeof value === 'string') entity.url = value;
    else if (OURS.has(key)) fits = false;
    else setKey(entity, key, value);
  }
  return fits;
}

const OURS = new Set(['offset', 'length', 'url']);
