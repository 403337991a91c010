/**
 * The plain text of a `rich_message`: its blocks, list items and table rows on lines of their own, the runs of text in
 * between joined. Formulas give their source, everything without words nothing.
 */
export function richMessageText(rich: object): string {
  const lines: string[] = [''];
  collect(rich, lines);
  return lines.filter((line) => line !== '').join('\n');
}

function collect(node: object, lines: string[]): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'string') {
      if (TEXTS.has(key)) append(lines, value);
    } else if (Array.isArray(value)) {
      for (const item of value) collectItem(key, item, lines);
    } else if (typeof value === 'object' && value !== null) {
      if (LINES.has(key)) lines.push('');
      collect(value, lines);
    }
  }
}

function collectItem(key: string, item: unknown, lines: string[]): void {
  if (LINES.has(key)) lines.push('');
  if (typeof item === 'string') {
    if (TEXTS.has(key)) append(lines, item);
  } else if (Array.isArray(item)) {
    for (const inner of item) collectItem(key, inner, lines);
  } else if (typeof item === 'object' && item !== null) {
    if (key === 'cells') append(lines, lines.at(-1) === '' ? '' : '\t');
    collect(item, lines);
  }
}

function append(lines: string[], text: string): void {
  lines.push((lines.pop() ?? '') + text);
}

/** Keys whose strings are words to read. */
const TEXTS = new Set(['text', 'source', 'formula']);
/** Keys whose values each begin a line. */
const LINES = new Set(['blocks', 'items', 'rows', 'caption', 'title']);
