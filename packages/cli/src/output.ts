import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { Io, Output } from './io.ts';

type Style = 'bold' | 'dim' | 'green' | 'red' | 'yellow';

/** Colours text where the stream is a terminal that wants colour: `NO_COLOR` and `FORCE_COLOR` are honoured. */
export function style(name: Style, text: string, stream: Output): string {
  return stream instanceof Writable ? styleText(name, text, { stream }) : text;
}

export function line(stream: Output, text = ''): void {
  stream.write(`${text}\n`);
}

/** Writes to standard output; waits while the reader of standard output is slower than we are. */
export async function writeOut(io: Io, chunk: string): Promise<void> {
  if (io.stdout.write(chunk) !== false || !io.stdout.once) return;
  await new Promise<void>((resolve) => io.stdout.once?.('drain', resolve));
}

/** The result of a command as one JSON document. */
export function json(io: Io, value: unknown): void {
  line(
    io.stdout,
    JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? String(item) : item), 2),
  );
}

/** One column of a table; the last one may be longer than its heading and is cut at the edge of the terminal. */
export interface Column {
  readonly heading: string;
  readonly right?: boolean;
}

/** Rows under headings, in columns as wide as they need to be. */
export function table(
  stream: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  const widths = columns.map(({ heading }, index) =>
    Math.max(heading.length, ...rows.map((row) => displayWidth(row[index] ?? ''))),
  );
  const available = stream.columns ?? 80;
  const format = (cells: readonly string[]): string => {
    const padded = cells.map((cell, index) => {
      if (index === columns.length - 1 && !columns[index]?.right) return cell;
      const padding = ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(cell)));
      return columns[index]?.right ? padding + cell : cell + padding;
    });
    return cut(padded.join('  ').trimEnd(), available);
  };
  line(stream, style('dim', format(columns.map(({ heading }) => heading)), stream));
  for (const row of rows) line(stream, format(row));
}

/** Text of others, made safe for a terminal: control characters, line breaks and direction marks become visible. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '⏎';
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}

/** Text that takes at most so many columns, ending in … where it was cut. */
export function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let result = '';
  let width = 1;
  for (const { segment } of segmenter.segment(text)) {
    width += displayWidth(segment);
    if (width > columns) break;
    result += segment;
  }
  return `${result}…`;
}

/** How many columns of a terminal a text takes: two for East Asian and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += /^\p{M}/u.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  }
  return width;
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
const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f|^[\u{20000}-\u{3fffd}]/u;
const segmenter = new Intl.Segmenter();
