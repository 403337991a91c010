/**
 * Whether a program printed what a page says. `…` in the page stands for anything within its line, and alone on a line for any
 * lines. What differs from run to run counts as the same in both: times, durations, ids of backups, ids of processes, runs of
 * spaces. A command that does not end with 0 has a last line `(exits with 3)`.
 */
export function isAsSaid(printed: string, said: string): boolean {
  const pattern = normalize(said)
    .split('\n')
    .map((line) => (line === '…' ? '(?:.*\n)*?' : `${line.split('…').map(literally).join('.*')}\n`))
    .join('');
  return new RegExp(`^${pattern}$`).test(`${normalize(printed)}\n`);
}

function normalize(text: string): string {
  return text
    .replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\b\d{8}T\d{6}Z/g, 'TIME')
    .replace(/\b\d+(\.\d+)? (ms|s|min)\b/g, 'DURATION')
    .replace(/\bprocess \d+/g, 'process PID')
    .replace(/[ \t]+/g, ' ')
    .replace(/ $/gm, '')
    .trimEnd();
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
