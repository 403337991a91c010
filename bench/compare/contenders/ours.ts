import { join } from 'node:path';
import { EnhancedFileManager, FileManager } from '@tgstore/core';
import type { Act, Actions, Options } from '../actions.ts';
import { names, readChats, readFurther, WARM_UP, WARM_UPS } from '../data/files.ts';
import { SOUGHT } from '../data/sought.ts';
import { inHand } from '../in-hand.ts';

const ID = '1';

/** `@tgstore/core` as it is used, with its defaults: everything durable, everything validated. */
export const actions: Actions = {
  append: (options) => append(options),
  appendInPlace: (options) => append(options, { appendInPlaceFrom: 0 }),
  appendAnew: (options) => append(options, { appendInPlaceFrom: Number.POSITIVE_INFINITY }),

  async save(options) {
    const { files, chats } = await toSave(options, EnhancedFileManager);
    return async () => (await files.batchSaveConversations(chats)).saved.length;
  },
  saveEach: (options) => saveEach(options, EnhancedFileManager),
  saveEachAlone: (options) => saveEach(options, FileManager),

  load: (options) => load(options, EnhancedFileManager, 1),
  loadAlone: (options) => load(options, FileManager, 1),
  loadTogether: (options) => load(options, EnhancedFileManager, 8),

  async whole({ data }) {
    const files = open(data);
    return async () => (await files.loadConversation(ID)).messages.size;
  },
  async stream({ data }) {
    const files = open(data);
    return () => count(files.readMessages(ID));
  },
  async last({ data, messages }) {
    const files = open(data);
    const read = (): Promise<number> => count(files.readMessages(ID, { last: messages }));
    await read();
    return read;
  },
  async metadata({ data }) {
    const files = open(data);
    const read = async (): Promise<number> => (await files.readMetadata(ID)).message_count ?? 0;
    await read();
    return read;
  },

  async list({ data }) {
    const files = open(data);
    await files.listConversations();
    return async () => (await files.listConversations()).length;
  },
  async listMetadata({ data }) {
    const files = open(data);
    await files.readMetadata(ID);
    return () => count(files.listMetadata());
  },

  async process({ work }) {
    const files = open(work, { lockTimeoutMs: 60_000 });
    await files.getConversationStats();
    return async () => {
      const results = await files.processAllUnprocessed(async () => {});
      return [...results.values()].filter(({ status }) => status === 'processed').length;
    };
  },

  async search({ data }) {
    const files = open(data);
    return () => count(files.searchMessages(SOUGHT.word));
  },
};

type Manager = typeof FileManager | typeof EnhancedFileManager;

function open(directory: string, options: { lockTimeoutMs?: number } = {}): EnhancedFileManager {
  return new EnhancedFileManager({ storageDir: join(directory, names.store), ...options });
}

async function append(
  { data, work }: Options,
  options: { appendInPlaceFrom?: number } = {},
): Promise<Act> {
  const files = new EnhancedFileManager({ storageDir: join(work, names.store), ...options });
  const further = await readFurther(data);
  for (let time = -WARM_UPS; time <= WARM_UP; time += 1) {
    await files.appendMessages(ID, further(time));
  }
  return async (time) => (await files.appendMessages(ID, further(time))).added;
}

async function toSave<T extends FileManager>(
  { data, work, conversations }: Options,
  Manager: new (options: { storageDir: string }) => T,
) {
  const [first, ...chats] = await readChats(data, conversations);
  const files = new Manager({ storageDir: join(work, names.store) });
  if (first) await files.saveConversation(first);
  return { files, chats };
}

async function saveEach(options: Options, Manager: Manager): Promise<Act> {
  const { files, chats } = await toSave(options, Manager);
  return async () => {
    for (const chat of chats) await files.saveConversation(chat);
    return chats.length;
  };
}

async function load(
  { data, conversations }: Options,
  Manager: Manager,
  atATime: number,
): Promise<Act> {
  const files = new Manager({ storageDir: join(data, names.store) });
  const ids = Array.from({ length: conversations }, (_, index) => String(index + 1));
  const loadOne = async (id: string): Promise<number> =>
    (await files.loadConversation(id)).messages.size;
  await inHand(ids.slice(0, 20), atATime, loadOne);
  return () => inHand(ids, atATime, loadOne);
}

async function count(items: AsyncIterable<unknown>): Promise<number> {
  let total = 0;
  for await (const _ of items) total += 1;
  return total;
}
