/** Exit statuses of every command. New ones may be added; an unknown one is a failure. */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  finishedWithFailures: 3,
  notAStore: 10,
  locked: 11,
  problemsFound: 12,
  wrongKey: 13,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What a command's help says of its exit statuses. */
export function describeExitCodes(...names: (keyof typeof ExitCode)[]): string {
  const texts: Record<keyof typeof ExitCode, string> = {
    ok: 'done',
    failed: 'failed; nothing was changed unless the message says so',
    usage: 'wrong arguments',
    finishedWithFailures: 'finished, but something was left out or failed',
    notAStore: 'the directory is not a store',
    locked: 'locked by another process',
    problemsFound: 'problems were found',
    wrongKey: 'wrong key',
    interrupted: 'interrupted',
  };
  const all = ['ok', 'failed', 'usage', ...names, 'interrupted'] as const;
  const lines = [...new Set(all)].map(
    (name) => `  ${String(ExitCode[name]).padEnd(4)}${texts[name]}`,
  );
  return `\nExit status:\n${lines.join('\n')}`;
}
