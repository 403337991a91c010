import type { Inspected } from './protocol.ts';
import type { States } from './run-record.ts';

/** Conversations whose change log does not tell of all that is another than before: a processor would never be given that. */
export function* untold(before: States, { states, told }: Inspected): Generator<string> {
  for (const [id, { texts: old }] of Object.entries(before)) {
    const young = states[id]?.texts;
    const says = told[id];
    if (!young || !says) continue;
    const differ = Object.keys({ ...old, ...young }).filter((key) => old[key] !== young[key]);
    const missing = differ.filter((key) => !says.includes(key));
    if (missing.length > 0) yield `the change log of ${id} does not tell of ${missing}`;
  }
}
