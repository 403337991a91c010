// Reads a store again and again until it is killed, and ends where a conversation is not whole or goes back.

import { hasCode } from '../../has-code.ts';
import { IDS, isFleeting, isRestored, versionsOf } from '../events.ts';
import { startWorker } from '../worker.ts';

interface Seen {
  readonly revision: number;
  readonly versions: ReadonlyMap<string, number>;
}

const worker = startWorker();
const last = new Map<string, Seen>();
for (;;) {
  const id = worker.random.pick(IDS);
  await read(id).catch((error) => {
    if (!isFleeting(id) || !hasCode(error, 'STORE_NOT_FOUND')) throw error;
  });
  await worker.next(20);
}

async function read(id: string): Promise<void> {
  const { messages, metadata } = await worker.store.loadConversation(id);
  const versions = versionsOf(messages.values());
  if (metadata.message_count !== messages.size) {
    throw new Error(`${id} says ${metadata.message_count} messages and has ${messages.size}`);
  }
  worker.did('reads');
  // those begin anew, and go back
  if (isFleeting(id) || isRestored(id)) return;
  const before = last.get(id);
  const revision = metadata.revision ?? 0;
  if (before && revision < before.revision) {
    throw new Error(`${id} has revision ${revision} after ${before.revision}`);
  }
  for (const [key, version] of before?.versions ?? []) {
    const now = versions.get(key) ?? -1;
    if (now < version) throw new Error(`${id} has message ${key} v${now} after v${version}`);
  }
  last.set(id, { revision, versions });
}
