import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@tgstore/testkit';
import type { Processor } from '../../../src/index.ts';
import { DELETED, type Handled, versionOf } from './events.ts';

/** A processor that logs what it is given, works for some milliseconds, and fails now and then. */
export function loggedWork(
  write: (line: Handled) => void,
  random: Random,
  { holder, fails }: { readonly holder: number; readonly fails: number },
): Processor<void> {
  return async (conversation, { changes: { everything, deleted } }) => {
    const event = { holder, id: conversation.id };
    write({ kind: 'begin', ...event });
    const versions: Record<string, number> = {};
    for (const key of deleted) versions[key] = DELETED;
    for await (const message of conversation.changedMessages()) {
      versions[String(message.id)] = versionOf(message);
    }
    write({ kind: 'given', ...event, everything, versions });
    // it has it in hand for a while
    await delay(random.int(0, 15));
    const ok = !random.chance(fails);
    write({ kind: 'end', ...event, ok });
    if (!ok) throw new Error('made to fail');
  };
}
