// Reads a store again and again until it is killed, and ends where a conversation is not whole or goes back: read.ts STORE SEED LOG
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '@tgstore/testkit';
import { EnhancedFileManager } from '../../../src/index.ts';
import { IDS, versionOf } from './events.ts';
import { lineWriter } from './lines.ts';

const [storageDir = '', seed, log = ''] = process.argv.slice(2);
const random = createRandom(Number(seed));
const write = lineWriter(log);
const store = new EnhancedFileManager({ storageDir });
const last = new Map<
  string,
  { readonly revision: number; readonly versions: Map<string, number> }
>();
writeSync(1, 'ready\n');
for (let reads = 1; ; reads += 1) {
  const id = random.pick(IDS);
  const { messages, metadata } = await store.loadConversation(id);
  const versions = new Map<string, number>();
  for (const [key, message] of messages) versions.set(key, versionOf(message));
  const before = last.get(id);
  const revision = metadata.revision ?? 0;
  const problems = [
    metadata.message_count !== messages.size && 'another count than messages',
    before && revision < before.revision && 'an older revision than before',
    ...[...(before?.versions ?? [])].map(
      ([key, version]) => (versions.get(key) ?? -1) < version && `an older message ${key}`,
    ),
  ].filter(Boolean);
  if (problems.length > 0) throw new Error(`conversation ${id} has ${problems.join(', ')}`);
  last.set(id, { revision, versions });
  if (reads % 10 === 0) write({ reads: 10 });
  // the machine is for the others too
  await delay(random.int(0, 40));
}
