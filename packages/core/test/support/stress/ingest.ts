// Adds, edits and deletes messages until it is killed, and logs each change before and after it:
// ingest.ts STORE SEED LOG FIRST. Its messages have ids from FIRST on; no other process writes them.
import { writeSync } from 'node:fs';
import type { Message } from '@tgstore/schema';
import { createRandom } from '@tgstore/testkit';
import { EnhancedFileManager } from '../../../src/index.ts';
import { conversation, message } from '../conversations.ts';
import { DELETED, IDS, type Ingested, textOf, versionOf } from './events.ts';
import { lineWriter } from './lines.ts';

const [storageDir = '', seed, log = '', first] = process.argv.slice(2);
const random = createRandom(Number(seed));
const write = lineWriter(log);
const store = new EnhancedFileManager({
  storageDir,
  durability: 'relaxed',
  lockTimeoutMs: 60_000,
});
const known = new Map<string, { messageId: number; version: number; isDeleted: boolean }[]>();
let next = Number(first);
writeSync(1, 'ready\n');
for (;;) {
  const id = random.pick(IDS);
  const old = (known.get(id) ?? []).filter(({ isDeleted }) => !isDeleted);
  if (old.length > 0 && random.chance(0.05)) await deleteOne(id, random.pick(old));
  else await addSome(id, old.length > 0 && random.chance(0.3) ? random.pick(old) : undefined);
}

async function addSome(
  id: string,
  edited: { readonly messageId: number; version: number } | undefined,
): Promise<void> {
  const added: Message[] = [];
  for (let count = random.int(edited ? 0 : 1, 3); count > 0; count -= 1) {
    added.push(message(next, { text: textOf(next, 0) }));
    const list = known.get(id) ?? [];
    known.set(id, [...list, { messageId: next, version: 0, isDeleted: false }]);
    next += 1;
  }
  if (edited) {
    edited.version += 1;
    const { messageId, version } = edited;
    const edit_date = new Date(Date.UTC(2025, 0) + version * 1000).toISOString();
    added.push(message(messageId, { text: textOf(messageId, version), edit_date }));
  }
  const versions = Object.fromEntries(added.map((each) => [String(each.id), versionOf(each)]));
  await logged({ id, versions }, async () =>
    random.chance(0.7)
      ? await store.appendMessages(id, added)
      : await store.mergeConversation(conversation(id, added)),
  );
}

async function deleteOne(
  id: string,
  known: { readonly messageId: number; isDeleted: boolean },
): Promise<void> {
  known.isDeleted = true;
  const { messageId } = known;
  await logged({ id, versions: { [messageId]: DELETED } }, () =>
    store.deleteMessages(id, [messageId]),
  );
}

async function logged(change: Omit<Ingested, 'kind'>, make: () => Promise<unknown>): Promise<void> {
  write({ kind: 'try', ...change } satisfies Ingested);
  await make();
  write({ kind: 'acknowledged', ...change } satisfies Ingested);
}
