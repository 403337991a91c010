// Imports bundles of a few conversations until it is killed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBundle } from '@tgstore/formats';
import { IDS, messageOf, versionOf } from '../events.ts';
import { KnownMessages } from '../known-messages.ts';
import { startWorker } from '../worker.ts';

const FULL = 1000;
const worker = startWorker();
const { store, random, options } = worker;
const known = new KnownMessages(worker);
const path = join(options.scratch, 'bundle.json');
for (;;) {
  await importSome();
  await worker.next(50);
}

async function importSome(): Promise<void> {
  const items = [];
  for (const id of IDS.filter(() => random.chance(0.4))) {
    const old = await known.of(id);
    // as a rule those who make it make it larger
    if (!old && !random.chance(0.1)) continue;
    const messages = [];
    if ((await known.countIn(id)) < FULL) messages.push(newMessage(id));
    for (const message of (old ?? []).filter(() => random.chance(0.2)).slice(0, 3)) {
      message.version += random.int(0, 1);
      messages.push(messageOf(message.messageId, message.version));
    }
    if (messages.length > 0) items.push({ id, messages });
  }
  if (items.length === 0) return;
  const bundle = items.map(({ id, messages }) => ({
    id,
    status: 'unprocessed' as const,
    messages,
    metadata: { conversation_id: id },
  }));
  await writeFile(path, writeBundle(bundle, { exportedAt: '2026-01-01T00:00:00Z' }));
  const changes = items.map(({ id, messages }) => ({
    id,
    versions: Object.fromEntries(messages.map((one) => [String(one.id), versionOf(one)])),
  }));
  await worker.change(changes, () => store.importConversationsFromJson(path));
  worker.did('imports');
}

function newMessage(id: string) {
  const messageId = worker.nextMessageId();
  known.add(id, messageId);
  return messageOf(messageId, 0);
}
