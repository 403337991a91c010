import { join } from 'node:path';
import type { Message } from '@tgstore/schema';
import type { Actions } from '../actions.ts';
import { names, readChats, readFurther, WARM_UP, WARM_UPS } from '../data/files.ts';
import { ChatDatabase } from './chat-database.ts';

const ID = '1';

/** better-sqlite3 with a write-ahead log that is synced at each commit: a row for each message, as JSON. */
export const actions: Actions = {
  async append({ data, work }) {
    const database = new ChatDatabase(join(work, names.database));
    const further = await readFurther(data);
    const append = (time: number): number => {
      const added = further(time);
      database.begin();
      const metadata = JSON.parse(database.metadata(ID));
      metadata.last_message_id = added.at(-1)?.id;
      metadata.message_count += added.length;
      database.putMetadata(ID, JSON.stringify(metadata));
      putAll(database, ID, added);
      database.commit();
      return added.length;
    };
    for (let time = -WARM_UPS; time <= WARM_UP; time += 1) append(time);
    return append;
  },

  async save({ data, work, conversations }) {
    const chats = await readChats(data, conversations);
    const database = new ChatDatabase(join(work, names.database));
    const save = ({ metadata, messages }: (typeof chats)[number]): void => {
      database.begin();
      database.putMetadata(metadata.conversation_id, JSON.stringify(metadata));
      putAll(database, metadata.conversation_id, messages);
      database.commit();
    };
    for (const chat of chats.splice(0, 1)) save(chat);
    return () => {
      for (const chat of chats) save(chat);
      return chats.length;
    };
  },

  load({ data, conversations }) {
    const database = new ChatDatabase(join(data, names.database));
    const loadOne = (index: number): number => {
      JSON.parse(database.metadata(String(index + 1)));
      return database.messages(String(index + 1)).map(parse).length;
    };
    for (let index = 0; index < 20; index += 1) loadOne(index % conversations);
    return () => {
      let total = 0;
      for (let index = 0; index < conversations; index += 1) total += loadOne(index);
      return total;
    };
  },

  whole({ data }) {
    const database = new ChatDatabase(join(data, names.database));
    return () => database.messages(ID).map(parse).length;
  },
  stream({ data }) {
    const database = new ChatDatabase(join(data, names.database));
    return () => {
      let total = 0;
      for (const row of database.eachMessage(ID)) total += parse(row) ? 1 : 0;
      return total;
    };
  },
  last({ data, messages }) {
    const database = new ChatDatabase(join(data, names.database));
    const read = (): number => database.lastMessages(ID, messages).map(parse).length;
    read();
    return read;
  },
  metadata({ data }) {
    const database = new ChatDatabase(join(data, names.database));
    const read = (): number => JSON.parse(database.metadata(ID)).message_count;
    read();
    return read;
  },

  list({ data }) {
    const database = new ChatDatabase(join(data, names.database));
    database.ids();
    return () => database.ids().length;
  },
  listMetadata({ data }) {
    const database = new ChatDatabase(join(data, names.database));
    return () => database.allMetadata().map(parse).length;
  },

  process({ work }) {
    const database = new ChatDatabase(join(work, names.database));
    return () => {
      const ids = database.ids();
      for (const { id } of ids) database.markProcessed(id);
      return ids.length;
    };
  },
};

function putAll(database: ChatDatabase, id: string, messages: readonly Message[]): void {
  for (const message of messages) {
    database.putMessage(id, Number(message.id), JSON.stringify(message));
  }
}

function parse({ json }: { readonly json: string }): object {
  return JSON.parse(json);
}
