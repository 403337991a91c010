/** A file that says how many lines it has; its last line is replaced by the next ones. */
export function linesUpTo(count: number): string {
  const lines = Array.from({ length: count }, (_, index) => line(index + 1));
  return `${lines.join('')}${lastLine(count)}`;
}

/** What replaces the last line after `count` lines. */
export function nextLine(count: number): string {
  return `${line(count + 1)}${lastLine(count + 1)}`;
}

export function lastLine(count: number): string {
  return `end after ${count}`;
}

function line(number: number): string {
  return `${`line ${number} `.repeat(500 + 500 * (number % 7))}\n`;
}
