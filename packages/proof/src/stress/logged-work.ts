import { setTimeout as delay } from 'node:timers/promises';
import type { Processor } from '@tgstore/core';
import type { Random } from '@tgstore/testkit';
import { DELETED, type Event, versionOf } from './events.ts';

/** A processor that logs what it is given, works for some milliseconds, and fails now and then. */
export function loggedWork(
  write: (event: Event) => void,
  random: Random,
  { holder, fails }: { readonly holder: number; readonly fails: number },
): Processor<void> {
  return async (conversation, { changes: { deleted } }) => {
    const event = { holder, id: conversation.id };
    write({ kind: 'begin', ...event });
    const versions: Record<string, number> = {};
    for (const key of deleted) versions[key] = DELETED;
    for await (const message of conversation.changedMessages()) {
      versions[String(message.id)] = versionOf(message);
    }
    write({ kind: 'given', ...event, versions });
    // it has it in hand for a while
    await delay(random.int(0, 15));
    const ok = !random.chance(fails);
    write({ kind: 'end', ...event, ok });
    if (!ok) throw new Error('made to fail');
  };
}
