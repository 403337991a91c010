import { styleText } from 'node:util';
import { toAscii, toAsciiJson } from './ascii.ts';
import { displayWidth } from './display-width.ts';
import type { Io } from './io.ts';
import type { Screen } from './screen.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Colours text where the screen wants colour. */
export function style(name: Style, text: string, { hasColor }: Pick<Screen, 'hasColor'>): string {
  return hasColor ? styleText(name, text, { validateStream: false }) : text;
}

export function line(stream: Screen, text = ''): void {
  stream.write(`${text}\n`);
}

/** Writes to standard output; waits while the reader of standard output is slower than we are. */
export async function writeOut(io: Io, chunk: string): Promise<void> {
  if (io.stdout.write(chunk) !== false || !io.stdout.once) return;
  await new Promise<void>((resolve) => io.stdout.once?.('drain', resolve));
}

/** The result of a command as one JSON document. */
export function json(io: Io, value: unknown): void {
  const text = JSON.stringify(
    value,
    (_key, item) => (typeof item === 'bigint' ? String(item) : item),
    2,
  );
  line(io.stdout, jsonFor(io.stdout, text));
}

/** JSON as a terminal without Unicode can show it; else as it is. */
export function jsonFor({ isAscii }: Screen, text: string): string {
  return isAscii ? toAsciiJson(text) : text;
}

/** One column of a table; the last one may be longer than its heading and is cut at the edge of a terminal. */
export interface Column {
  readonly heading: string;
  readonly right?: boolean;
  /** Left out where the terminal is too narrow for all of them, the smallest number first. */
  readonly drop?: number;
}

/** Rows under headings, in columns as wide as they need to be; on a terminal no line is wider than it. */
export function table(
  screen: Screen,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  const cells = rows.map((row) => row.map((cell) => (screen.isAscii ? toAscii(cell) : cell)));
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...cells.map((row) => displayWidth(row[index] ?? ''))),
  );
  const shown = choose(columns, widths, screen.columns);
  const format = (row: readonly string[]): string => {
    const padded = shown.map((index) => {
      const cell = row[index] ?? '';
      if (index === columns.length - 1 && !columns[index]?.right) return cell;
      const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
      return columns[index]?.right ? padding + cell : cell + padding;
    });
    return fit(padded.join('  ').trimEnd(), screen);
  };
  line(screen, style('dim', format(columns.map(({ heading }) => heading)), screen));
  for (const row of cells) line(screen, format(row));
}

/** The columns that fit, with some room for the last one; those without `drop` whether they fit or not. */
function choose(
  columns: readonly Column[],
  widths: readonly number[],
  available: number,
): readonly number[] {
  let shown = columns.map((_, index) => index);
  const width = (): number =>
    shown.reduce((sum, index) => {
      const own = widths[index] ?? 0;
      return sum + 2 + (index === columns.length - 1 ? Math.min(own, LEAST_ROOM) : own);
    }, -2);
  const order = shown
    .filter((index) => columns[index]?.drop !== undefined)
    .sort((a, b) => (columns[a]?.drop ?? 0) - (columns[b]?.drop ?? 0));
  for (const victim of order) {
    if (width() <= available) break;
    shown = shown.filter((index) => index !== victim);
  }
  return shown;
}

/** Text as a screen can show it in one line. */
export function fit(text: string, screen: Screen, columns: number = screen.columns): string {
  return screen.isAscii ? cut(toAscii(text), columns, '...') : cut(text, columns);
}

/** Text of others, made safe for a terminal: control characters, line breaks and direction marks become visible. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '⏎';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** Text that takes at most so many columns, ending in … where it was cut. */
export function cut(text: string, columns: number, end = '…'): string {
  if (displayWidth(text) <= columns) return text;
  let result = '';
  let width = displayWidth(end);
  for (const { segment } of segmenter.segment(text)) {
    width += displayWidth(segment);
    if (width > columns) break;
    result += segment;
  }
  return `${result}${end}`;
}

/** 1234567 as 1,234,567. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 message`, `2,000 messages`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Bytes as people read them: 1.2 MB. */
export function bytes(value: number): string {
  if (value < 1000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let scaled = value / 1000;
  let unit = 0;
  for (; scaled >= 999.95 && unit < units.length - 1; unit += 1) scaled /= 1000;
  return `${scaled.toFixed(1)} ${units[unit]}`;
}

/** How long ago something was, roughly: 4 s, 3 min, 2 h, 5 d. */
export function age(milliseconds: number): string {
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ];
  const [size, unit] = units.find(([length]) => milliseconds >= length) ?? [1000, 's'];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${unit}`;
}

/** Milliseconds as people read them: 0.4 s, 3 min 20 s. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

// control characters, and the marks that turn the direction of what follows
const UNSAFE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const segmenter = new Intl.Segmenter();
const LEAST_ROOM = 12;
