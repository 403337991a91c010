import { array, FIELD_DEPTH, field, object, quote, textField } from './layout.ts';

/** A run of text with one kind of formatting; `plain` has none. */
export interface TextPart {
  readonly type: string;
  readonly text: string;
  /** The field some kinds carry, as JSON: `"href": "https://…"`. */
  readonly extra?: string | undefined;
}

/** Text without formatting; none when it is empty. */
export function plain(text: string): TextPart[] {
  return text === '' ? [] : [{ type: 'plain', text }];
}

/** The same text with neighbouring plain parts made one, as the original has it. */
export function merged(parts: readonly TextPart[]): TextPart[] {
  const result: TextPart[] = [];
  for (const part of parts) {
    const last = result.at(-1);
    if (last?.type === 'plain' && part.type === 'plain') {
      result[result.length - 1] = { type: 'plain', text: last.text + part.text };
    } else result.push(part);
  }
  return result;
}

/** The two fields that end every message, `text` and `text_entities`. */
export function textFields(parts: readonly TextPart[]): [text: string, entities: string] {
  const all = withEmptyTail(parts);
  const entities =
    all.length === 0
      ? '[]'
      : array(
          FIELD_DEPTH,
          all.map((part) => entity(FIELD_DEPTH, part)),
        );
  return [field('text', mixed(FIELD_DEPTH, all)), field('text_entities', entities)];
}

/** The value of `text`: a string, or an array when there is formatting. */
export function textValue(depth: number, parts: readonly TextPart[]): string {
  return mixed(depth, withEmptyTail(parts));
}

function mixed(depth: number, parts: readonly TextPart[]): string {
  const [first] = parts;
  if (first === undefined) return '""';
  if (parts.length === 1 && first.type === 'plain') return quote(first.text);
  const items = parts.map((part) =>
    part.type === 'plain' ? quote(part.text) : entity(depth, part),
  );
  return array(depth, items);
}

function entity(depth: number, part: TextPart): string {
  return object(depth + 1, [
    textField('type', part.type),
    field('text', quote(part.text)),
    part.extra ?? '',
  ]);
}

/** The original compares lengths in bytes and in UTF-16 units, and so adds an empty part after a last entity. */
function withEmptyTail(parts: readonly TextPart[]): readonly TextPart[] {
  const last = parts.at(-1);
  if (last === undefined || last.type === 'plain') return parts;
  const ascii = parts.every((part) => !beyondAscii.test(part.text));
  return ascii ? parts : [...parts, { type: 'plain', text: '' }];
}

const beyondAscii = /[^\0-\x7f]/;
