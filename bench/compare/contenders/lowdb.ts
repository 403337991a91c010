import { join } from 'node:path';
import type { Low } from 'lowdb';
import { JSONFilePreset } from 'lowdb/node';
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

/** lowdb as its documentation shows it, a file for each conversation. It keeps all of it in memory, and syncs nothing. */
export const actions: Actions = {
  async append({ data, work }) {
    const db = await openChat(join(work, names.chat));
    const further = await readFurther(data);
    const append = async (time: number): Promise<number> => {
      const added = further(time);
      await db.update(({ messages }) => messages.push(...added));
      return added.length;
    };
    await append(WARM_UP);
    return append;
  },

  async save({ data, work, conversations }) {
    const [first, ...chats] = await readChats(data, conversations);
    const save = async (chat: Chat): Promise<number> => {
      const path = join(work, `${chat.metadata.conversation_id}.json`);
      const db = await JSONFilePreset(path, chat);
      await db.write();
      return 1;
    };
    if (first) await save(first);
    return () => inHand(chats, 1, save);
  },

  async load({ data, conversations }) {
    const paths = conversationPaths(data, conversations);
    // the messages of our files have their ids as keys
    const loadOne = async (path: string): Promise<number> =>
      Object.keys((await openChat(path)).data.messages).length;
    await inHand(paths.slice(0, 20), 1, loadOne);
    return () => inHand(paths, 1, loadOne);
  },

  whole:
    ({ data }) =>
    async () =>
      (await openChat(join(data, names.chat))).data.messages.length,
};

function openChat(path: string): Promise<Low<Chat>> {
  return JSONFilePreset<Chat>(path, { messages: [], metadata: { conversation_id: '' } });
}
