// One conversation that nobody would write: saved, read in every way, searched, exported, imported elsewhere, backed up and put back.

import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { type Message, SCHEMA_VERSION } from '@tgstore/schema';
import { createRandom, type Random, tempDirectory } from '@tgstore/testkit';
import type { TaskResult } from '../child/serve.ts';
import { collect } from '../collect.ts';
import { type Content, printOf, printOfAll } from './content.ts';
import { merging } from './events.ts';
import { deep, hostileMessage, MESSAGE_IDS, REFUSED, TWINS } from './hostile.ts';

/** The kind of conversation comes from the index, all else from the seed. */
export async function runRoundTrip(seed: number, index: number): Promise<TaskResult> {
  const random = createRandom(seed);
  await using dir = await tempDirectory();
  const storageDir = join(dir.path, 'chats');
  await mkdir(storageDir);
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  const kind = KINDS[index % KINDS.length];
  const violations =
    kind === 'refused' ? await refuse(store, random) : await keep(store, dir.path, random, kind);
  const outside = (await readdir(dir.path)).filter(
    (name) => !['chats', 'other', 'bundle.json'].includes(name),
  );
  if (outside.length > 0) violations.push(`outside of the store: ${outside}`);
  return { violations, seen: { [`${kind}`]: 1 } };
}

const KINDS = [
  'hostile',
  'long text',
  'hostile',
  'participants',
  'hostile',
  'long metadata',
  'refused',
  'deep',
  'hostile',
  'many',
  'keys',
  'too deep',
  'surrogates',
  'integers',
] as const;
type Kind = (typeof KINDS)[number];

async function refuse(store: EnhancedFileManager, random: Random): Promise<string[]> {
  const id = random.pick(REFUSED);
  const refusals = await Promise.all(
    [
      () => store.saveConversation({ messages: [], metadata: { conversation_id: id } }),
      () => store.mergeConversation({ messages: [], metadata: { conversation_id: id } }),
      () => store.appendMessages(id, []),
      () => store.loadConversation(id),
      () => store.markAsProcessed(id),
      () => store.deleteConversation(id),
      () => store.deleteMessages(id, [1]),
    ].map((work) => work().then(String, (error: { code?: string }) => error.code ?? String(error))),
  );
  const codes = /^(?:STORE_INVALID_ID|STORE_NOT_FOUND|STORE_NOT_A_STORE|SCHEMA_INVALID)$/;
  const strange = refusals.filter((code) => !codes.test(code));
  const left = await readdir(store.storageDir);
  if (left.length > 0) strange.push(`left ${left}`);
  return strange.map((what) => `${JSON.stringify(id).slice(0, 80)}: ${what}`);
}

async function keep(
  store: EnhancedFileManager,
  directory: string,
  random: Random,
  kind: Kind | undefined,
): Promise<string[]> {
  const id = random.pick(random.pick(TWINS));
  const { messages, metadata } = build(random, kind);
  const content = merging(messages)(new Map());
  const whole = {
    messages: [...content.values()],
    metadata: { ...metadata, conversation_id: id, schema_version: SCHEMA_VERSION },
  };
  if (kind === 'too deep') return await refuseDeep(store, whole);
  const problems: string[] = [];
  const expectSame = async (what: string, work: () => Promise<Content>): Promise<void> => {
    const now = await work().catch((error: Error) => error);
    if (now instanceof Error) problems.push(`${what}: ${now.stack}`);
    else if (printOfAll(now) !== printOfAll(content))
      problems.push(`${what}: ${difference(content, now)}`);
  };
  const inOrder = (list: readonly Message[]): Content =>
    new Map(list.map((one) => [String(one.id), one]));
  const load = async (from: EnhancedFileManager): Promise<Content> =>
    (await from.loadConversation(id)).messages;

  await store.saveConversation(whole);
  await expectSame('load', () => load(store));
  await expectSame('readMessages', async () => inOrder(await collect(store.readMessages(id))));
  const listed = await store.listConversations();
  if (listed.join() !== id) problems.push(`listed as ${JSON.stringify(listed)}`);
  await expectSame('append again', async () => {
    const { unchanged, revision } = await store.appendMessages(id, whole.messages);
    if (unchanged !== content.size || revision !== 1)
      problems.push('what is there already changed something');
    return await load(store);
  });
  const bundle = join(directory, 'bundle.json');
  await store.exportConversationsToJson(bundle);
  await using other = new EnhancedFileManager({
    storageDir: join(directory, 'other'),
    durability: 'relaxed',
  });
  await other.importConversationsFromJson(bundle);
  await expectSame('import', () => load(other));
  const backup = await store.createManualBackup();
  await store.deleteMessages(id, content.keys());
  await store.restoreBackup(backup.id, { overwrite: true });
  await expectSame('restore', () => load(store));
  for (const message of whole.messages.slice(0, 12)) {
    const { text, deleted } = message;
    if (!text || deleted || text.length > 1000) continue;
    const hits = await collect(store.searchMessages(text));
    const has = hits.some((hit) => printOf(hit.message) === printOf(message));
    if (!has)
      problems.push(
        `search finds ${hits.length}, not ${JSON.stringify(text)} in ${JSON.stringify(message.id)}`,
      );
  }
  const errors = (await collect(store.check())).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) problems.push(`check finds ${JSON.stringify(errors)}`);
  return problems.map((problem) => `${JSON.stringify(id).slice(0, 80)}: ${problem}`);
}

function difference(expected: Content, found: Content): string {
  const ids = [...new Set([...expected.keys(), ...found.keys()])];
  const print = (message: Message | undefined): string => (message ? printOf(message) : 'missing');
  const other = ids.filter((id) => print(expected.get(id)) !== print(found.get(id)));
  return other.length > 0
    ? `other messages ${JSON.stringify(other)}`
    : `order ${JSON.stringify([...found.keys()])}`;
}

async function refuseDeep(
  store: EnhancedFileManager,
  whole: Parameters<EnhancedFileManager['saveConversation']>[0],
): Promise<string[]> {
  const result = await store
    .saveConversation(whole)
    .then(String, (error: { code?: string }) => error);
  const isCoded = typeof result === 'object' && result.code === 'SCHEMA_INVALID';
  const left = (await readdir(store.storageDir)).filter((name) => name.endsWith('.json'));
  return isCoded && left.length === 0 ? [] : [`too deep: ${String(result)}, left ${left}`];
}

function build(
  random: Random,
  kind: Kind | undefined,
): { messages: Message[]; metadata: Record<string, unknown> } {
  const messages = Array.from({ length: random.int(0, 12) }, () =>
    hostileMessage(random, random.pick(MESSAGE_IDS)),
  );
  const metadata: Record<string, unknown> = {
    name: random.pick(['', '\ud800', 'nul\0', '\u2028', '__proto__']),
  };
  const add = (message: Partial<Message>): void => void messages.push({ id: 77, ...message });
  if (kind === 'long text') add({ text: 'long \ud83d\ude00 '.repeat(150_000) });
  if (kind === 'participants') {
    metadata.participants = Array.from({ length: 10_000 }, (_, id) => ({
      id,
      username: `user${id}`,
    }));
  }
  if (kind === 'long metadata') metadata.note = '"\n\\ '.repeat(300_000);
  if (kind === 'deep') add({ raw_data: { deep: deep(random.int(100, 900)) } });
  if (kind === 'too deep') add({ raw_data: { deep: deep(100_000) } });
  if (kind === 'many')
    for (let id = -2000; id < 2000; id += 1) messages.push({ id, text: `m${id}` });
  if (kind === 'keys')
    add(JSON.parse('{"__proto__":{"polluted":1},"constructor":1,"":2,"toJSON":"x","id":77}'));
  if (kind === 'surrogates') add({ text: '\udc00\ud800', raw_data: { '\ud800': '\udfff' } });
  if (kind === 'integers') {
    const digits = Array.from({ length: 400 }, () => random.int(1, 9)).join('');
    add({
      raw_data: { huge: BigInt(digits), negative: -BigInt(digits) },
      sender_id: BigInt(digits.slice(0, 25)),
    });
  }
  return { messages, metadata };
}
