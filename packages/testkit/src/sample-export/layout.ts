// The layout of Telegram Desktop's own JSON writer. `depth` is the number of spaces before the closing bracket.
// It is not derived from the nesting on purpose: the original counts wrongly in some places, and so must we.

/** Nesting of a message in a full-account export. */
export const MESSAGE_DEPTH = 5;

/** Nesting inside a message. */
export const FIELD_DEPTH = 6;

const indents = Array.from({ length: 16 }, (_, depth) => `\n${' '.repeat(depth)}`);

/** An object of `"key": value` fields; empty fields are left out. */
export function object(depth: number, fields: readonly string[]): string {
  return `${openObject(depth, fields)}${indents[depth]}}`;
}

/** An object that goes on: `}` is still to come. */
export function openObject(depth: number, fields: readonly string[]): string {
  return `{${lines(depth, fields)}`;
}

/** An array of JSON values; an empty one takes two lines, as in the original. */
export function array(depth: number, items: readonly string[]): string {
  return `[${lines(depth, items)}${indents[depth]}]`;
}

/** A field with a value that is JSON already; no field when it is undefined. */
export function field(key: string, json: string | number | boolean | undefined): string {
  return json === undefined ? '' : `"${key}": ${json}`;
}

/** A field with a string value; no field when the string is absent or empty. */
export function textField(key: string, value: string | undefined): string {
  return value ? `"${key}": ${quote(value)}` : '';
}

/**
 * A JSON string, except that control characters other than \n, \r and \t, U+2028 and U+2029 stay as they are:
 * what becomes of those is decided where text becomes bytes.
 */
export function quote(value: string): string {
  return `"${escaped.test(value) ? value.replace(allEscaped, escapeOf) : value}"`;
}

const escaped = /["\\\n\r\t]/;
const allEscaped = /["\\\n\r\t]/g;

function escapeOf(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  return `\\${character}`;
}

function lines(depth: number, items: readonly string[]): string {
  const kept = items.filter((item) => item !== '');
  const separator = indents[depth + 1];
  return kept.length === 0 ? '' : separator + kept.join(`,${separator}`);
}
