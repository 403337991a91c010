import type { Check, Proof } from '../proof.ts';
import { lackOfRoot } from '../tools.ts';
import { type CasesOptions, checkCases } from './case.ts';
import { CLOCK_CASES } from './clock-cases.ts';
import { DOCUMENT_CASES, LARGE_CASES } from './document-cases.ts';
import { checkEntries } from './entries.ts';
import { NAME_CASES, SLOW_NAME_CASES } from './name-cases.ts';
import { OWNER_CASES } from './owner-cases.ts';

export const strange: Proof = {
  name: 'strange',
  title:
    'links, FIFOs, devices and directories in every place, strange names, documents and owners, a clock that is set',
  checks: [
    { what: 'entries', run: checkEntries },
    table('names', 'name-cases.ts', NAME_CASES, SLOW_NAME_CASES),
    table('documents', 'document-cases.ts', DOCUMENT_CASES, LARGE_CASES),
    { ...table('owners', 'owner-cases.ts', OWNER_CASES), unavailable: async () => lackOfRoot() },
    table('clock', 'clock-cases.ts', CLOCK_CASES),
  ],
};

/** The cases of a table; the slow ones only in the long run. */
function table(
  what: string,
  file: string,
  names: readonly string[],
  slow: readonly string[] = [],
): Check {
  return {
    what,
    run: (options: CasesOptions) =>
      checkCases(
        new URL(file, import.meta.url),
        options.scale < 1 ? names : [...names, ...slow],
        options,
      ),
  };
}
