import type { BrowserContext } from 'playwright-core';

/** Gathers what no page of ours may do: errors, warnings of the policy, requests to anybody but its server. */
export function collectProblems(
  context: BrowserContext,
  origin: string,
  expected?: RegExp,
): readonly string[] {
  const problems: string[] = [];
  const note = (problem: string): void => {
    if (!expected?.test(problem)) problems.push(problem);
  };
  // refusals of the Content-Security-Policy come as errors of the console
  context.on('console', (message) => {
    if (message.type() !== 'error') return;
    note(`console: ${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => note(`error: ${error.error().stack ?? error.error()}`));
  context.on('dialog', (dialog) => {
    note(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) note(`request to ${request.url()}`);
  });
  return problems;
}
