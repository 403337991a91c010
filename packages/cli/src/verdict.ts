import { line, style } from './output.ts';
import type { Screen } from './screen.ts';

const COLORS = { OK: 'green', PARTLY: 'yellow', PROBLEMS: 'red' } as const;

/** The last line of a command: `OK  22 conversations processed · 0.9 s` */
export function printVerdict(
  screen: Screen,
  word: keyof typeof COLORS,
  parts: readonly string[],
): void {
  line(screen, `${style(COLORS[word], word, screen)}  ${parts.join(' · ')}`);
}
