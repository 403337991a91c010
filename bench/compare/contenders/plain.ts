import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Actions } from '../actions.ts';
import {
  type Chat,
  conversationPaths,
  names,
  readChats,
  readFurther,
  WARM_UP,
} from '../data/files.ts';
import { inHand } from '../in-hand.ts';
import { syncDirectory } from './bare.ts';

/** What most programs do: the whole file through `JSON.parse` and `JSON.stringify`; written durably, by hand. */
export const actions: Actions = {
  async append({ data, work }) {
    const path = join(work, names.chat);
    const further = await readFurther(data);
    const append = async (time: number): Promise<number> => {
      const chat = await read(path);
      const added = further(time);
      chat.messages.push(...added);
      await write(path, chat);
      return added.length;
    };
    await append(WARM_UP);
    return append;
  },

  async save({ data, work, conversations }) {
    const [first, ...chats] = await readChats(data, conversations);
    const save = async (chat: Chat): Promise<number> => {
      await write(join(work, `${chat.metadata.conversation_id}.json`), chat);
      return 1;
    };
    if (first) await save(first);
    return () => inHand(chats, 1, save);
  },

  whole: ({ data }) => {
    const path = join(data, names.chat);
    return async () => (await read(path)).messages.length;
  },
  last:
    ({ data, messages }) =>
    async () =>
      (await read(join(data, names.chat))).messages.slice(-messages).length,
  metadata:
    ({ data }) =>
    async () =>
      (await read(join(data, names.chat))).metadata.message_count ?? 0,

  listMetadata({ data, conversations }) {
    const paths = conversationPaths(data, conversations);
    return () => inHand(paths, 1, async (path) => ((await read(path)).metadata ? 1 : 0));
  },
};

async function read(path: string): Promise<Chat> {
  return JSON.parse(await readFile(path, 'utf8')) as Chat;
}

async function write(path: string, chat: Chat): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'w');
  await file.writeFile(JSON.stringify(chat));
  await file.sync();
  await file.close();
  await rename(temporary, path);
  await syncDirectory(dirname(path));
}
