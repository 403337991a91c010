import { relative } from 'node:path';
import type { CheckProblem } from '@tgstore/core';
import type { Io } from './io.ts';
import { line, printable, style } from './output.ts';

/** A finding in three lines: its code and file, what is wrong, what to do or what was done. */
export function printProblem(
  { code, severity, path, message, remedy }: CheckProblem,
  store: string,
  io: Io,
  outcome: string = remedy,
): void {
  const name = printable(relative(store, path));
  const color = severity === 'error' ? 'red' : 'yellow';
  line(io.stdout, `${style(color, code, io.stdout)}  ${name}`);
  line(io.stdout, `  ${printable(message.replace(`${path}: `, ''))}`);
  line(io.stdout, `  ${style('dim', `→ ${printable(outcome)}`, io.stdout)}`);
}
