import type { ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** What every command is made with: where it prints, and how it says its exit status where it is not 0. */
export interface CommandContext {
  readonly io: Io;
  readonly exit: (code: ExitCode) => void;
}

/** Help leads with two examples. */
export function examples(...lines: readonly [string, string]): string {
  return `Examples:\n${lines.map((text) => `  tgstore ${text}`).join('\n')}\n`;
}
