// The person who gets an error shall know which file it is about and what to do: the command line explains it from the code
// and the path that it carries, so both must be there.

import { isAbsolute } from 'node:path';
import { explainError } from '../../../cli/src/explain-error.ts';
import { REFUSED } from './operations/processing.ts';

/** What an error lacks: a stable code, or the path of what it is about; `undefined` where it has both. */
export function lacksIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return 'is no Error';
  const { code, path, message } = explainError(error);
  if (code === 'UNEXPECTED') return 'has no code';
  if (code === REFUSED) return undefined;
  // of which one there are too many does not matter
  if (code === 'EMFILE') return undefined;
  const isNamed =
    path && isAbsolute(path) && (!/^E[A-Z0-9]+$/.test(code) || message.includes(path));
  return isNamed ? undefined : 'names no file';
}

/** One line for a violation. */
export function brief(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, path } = error as { code?: unknown; path?: unknown };
  return `${error.name} ${code} "${error.message.slice(0, 300)}" of ${path}`;
}
