import { toAscii } from './ascii.ts';
import { displayWidth } from './display-width.ts';
import { printable } from './output.ts';

/** A piece of a text, safe for a terminal. */
export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** A grapheme as it is printed, and where it stands in the text. */
interface Cell {
  readonly at: number;
  readonly shown: string;
  readonly width: number;
}

/**
 * The part of a text around its first match that takes at most so many columns, with … where it is cut, in pieces that
 * match or do not.
 */
export function snippet(
  text: string,
  matches: readonly (readonly [start: number, end: number])[],
  columns: number,
  { isAscii = false }: { readonly isAscii?: boolean } = {},
): SnippetPart[] {
  const mark = isAscii ? '...' : '…';
  const [start, end] = matches[0] ?? [0, 0];
  // a grapheme takes a column at least, or else hides: no need to look further
  const from = Math.max(0, start - columns * FAR);
  const cells = toCells(text.slice(from, end + columns * FAR), from, isAscii);
  const [first, last] = choose(cells, start, end, columns - 2 * mark.length);
  const parts: SnippetPart[] = [];
  const isCutAtStart = from > 0 || first > 0;
  const isCutAtEnd = last < cells.length || end + columns * FAR < text.length;
  if (isCutAtStart) parts.push({ text: mark, isMatch: false });
  for (const { at, shown } of cells.slice(first, last)) {
    const isMatch = matches.some((match) => at >= match[0] && at < match[1]);
    const previous = parts.at(-1);
    if (previous?.isMatch === isMatch) {
      parts[parts.length - 1] = { text: previous.text + shown, isMatch };
    } else parts.push({ text: shown, isMatch });
  }
  if (isCutAtEnd) parts.push({ text: mark, isMatch: false });
  return parts;
}

function toCells(text: string, offset: number, isAscii: boolean): Cell[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment, index }) => {
    const shown = isAscii ? toAscii(printable(segment)) : printable(segment);
    return { at: offset + index, shown, width: displayWidth(shown) };
  });
}

/** First and last (exclusive) cell: the match as far as it fits, a third of what is left before it, the rest behind it. */
function choose(
  cells: readonly Cell[],
  start: number,
  end: number,
  columns: number,
): [number, number] {
  let first = cells.findLastIndex(({ at }) => at <= start);
  if (first < 0) first = 0;
  let last = first;
  let left = columns;
  const take = (cell: Cell | undefined, budget: number): boolean => {
    if (cell === undefined || cell.width > Math.min(left, budget)) return false;
    left -= cell.width;
    return true;
  };
  while ((cells[last]?.at ?? end) < end && take(cells[last], left)) last += 1;
  const before = Math.floor(left / 3);
  while (take(cells[last], left - before)) last += 1;
  while (take(cells[first - 1], left)) first -= 1;
  while (take(cells[last], left)) last += 1;
  return [first, last];
}

const FAR = 4;
