// Makes, adds to, edits and deletes conversations until it is killed.
import type { Message } from '@tgstore/schema';
import { DELETED, IDS, isFleeting, isLarge, isRestored, messageOf, versionOf } from '../events.ts';
import { type KnownMessage, KnownMessages } from '../known-messages.ts';
import { startWorker } from '../worker.ts';

/** From here on nothing is added to a conversation that is never deleted: an hour shall not be slower than a minute. */
const FULL = 1000;
const NOT_THERE = 'NOT_THERE';
const LARGE = IDS.filter(isLarge);
const worker = startWorker();
const { store, random } = worker;
const known = new KnownMessages(worker);
for (;;) {
  // where they are appended to in place there is more to cut
  await changeOne(random.pick(random.chance(0.4) ? LARGE : IDS));
  await worker.next();
}

async function changeOne(id: string): Promise<void> {
  const old = await known.of(id);
  const isFull = (await known.countIn(id)) >= FULL;
  if (!old) await make(id);
  else if (isFleeting(id) && (isFull || random.chance(0.01))) await remove(id);
  else if (isFull) await addSome(id, 0, pickOf(old));
  else if (old.length > 0 && random.chance(0.05)) await deleteOne(id, random.pick(old));
  else {
    const edited = random.chance(isLarge(id) ? 0.1 : 0.3) ? pickOf(old) : undefined;
    await addSome(id, random.int(edited ? 0 : 1, 3), edited);
  }
}

function pickOf(old: readonly KnownMessage[]): KnownMessage | undefined {
  return old.length > 0 ? random.pick(old) : undefined;
}

function newMessages(id: string, count: number, isLong = false): Message[] {
  return Array.from({ length: count }, () => {
    const messageId = worker.nextMessageId(isLong);
    known.add(id, messageId);
    return messageOf(messageId, 0);
  });
}

async function make(id: string): Promise<void> {
  known.forget(id);
  const messages = newMessages(id, isLarge(id) ? 280 : 3, isLarge(id));
  const conversation = { messages, metadata: { conversation_id: id } };
  const isMade = await worker.change(
    [{ id, versions: versionsOf(messages) }],
    () => store.saveConversation(conversation),
    ['STORE_EXISTS'],
  );
  if (!isMade) known.forget(id);
}

async function remove(id: string): Promise<void> {
  known.forget(id);
  await worker.change([{ id, removes: true }], () => store.deleteConversation(id), [
    'STORE_NOT_FOUND',
  ]);
}

async function addSome(id: string, count: number, edited: KnownMessage | undefined): Promise<void> {
  const messages = newMessages(id, count);
  if (edited) {
    edited.version += 1;
    messages.push(messageOf(edited.messageId, edited.version));
  }
  if (messages.length === 0) return;
  await worker.change(
    [{ id, versions: versionsOf(messages) }],
    async () =>
      random.chance(0.7)
        ? await store.appendMessages(id, messages)
        : await store.mergeConversation({ messages, metadata: { conversation_id: id } }),
    isFleeting(id) ? ['STORE_NOT_FOUND'] : [],
  );
}

async function deleteOne(id: string, message: KnownMessage): Promise<void> {
  known.forget(id, message);
  const { messageId } = message;
  await worker.change(
    [{ id, versions: { [messageId]: DELETED } }],
    async () => {
      const { deleted } = await store.deleteMessages(id, [messageId]);
      if (deleted === 0) throw Object.assign(new Error('it is not there'), { code: NOT_THERE });
    },
    // another process has deleted the conversation, or restored it as it was before
    isFleeting(id) || isRestored(id) ? ['STORE_NOT_FOUND', NOT_THERE] : [],
  );
}

function versionsOf(messages: readonly Message[]): Record<string, number> {
  return Object.fromEntries(messages.map((each) => [String(each.id), versionOf(each)]));
}
