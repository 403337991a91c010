import type { ExplainedError } from './explain-error.ts';
import type { Io, Output } from './io.ts';
import { line, printable, style } from './output.ts';

const COLORS = { OK: 'green', PARTLY: 'yellow', PROBLEMS: 'red' } as const;

/** The last line of a command: `OK  22 conversations processed · 0.9 s` */
export function printVerdict(
  stream: Output,
  word: keyof typeof COLORS,
  parts: readonly string[],
): void {
  line(stream, `${style(COLORS[word], word, stream)}  ${parts.join(' · ')}`);
}

/** One line on standard error for what went wrong, after the `subject` it went wrong with. */
export function printError(
  io: Io,
  { code, message }: Pick<ExplainedError, 'code' | 'message'>,
  subject?: string,
): void {
  // a fault of ours comes with its stack, which has lines
  const text = code === 'UNEXPECTED' ? message : printable(message);
  const about = subject === undefined ? '' : `${printable(subject)}: `;
  line(io.stderr, `${style('red', code, io.stderr)}  ${about}${text}`);
}
