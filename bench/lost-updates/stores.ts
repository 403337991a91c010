import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import Conf from 'conf';
import Keyv from 'keyv';
import { KeyvFile } from 'keyv-file';
import { JSONFilePreset } from 'lowdb/node';
import writeFileAtomic from 'write-file-atomic';
import type { Chat, Message } from './message.ts';

/** One way to keep a conversation in a file, as the documentation of its library shows it. */
export interface Store {
  readonly title: string;
  /** Makes an empty conversation. */
  prepare(directory: string): Promise<void>;
  /** What a process does once, and then for each message. */
  open(directory: string): Promise<(message: Message) => Promise<unknown>>;
  /** The messages in the file, read by a new process. */
  read(directory: string): Promise<Iterable<Message>>;
}

/** The conversation as a document of its own. */
const chatFile = {
  prepare: (directory: string) => writeFile(fileIn(directory), '{"messages":[]}'),
  read: async (directory: string) => (await readChat(directory)).messages,
};

const lowdb: Store = {
  ...chatFile,
  title: 'lowdb, `db.update`',
  async open(directory) {
    const db = await openLowdb(directory);
    return (message) => db.update(({ messages }) => messages.push(message));
  },
};

const lowdbRead: Store = {
  ...chatFile,
  title: 'lowdb, `db.read` before each `db.update`',
  async open(directory) {
    const db = await openLowdb(directory);
    return async (message) => {
      await db.read();
      await db.update(({ messages }) => messages.push(message));
    };
  },
};

const conf: Store = {
  ...chatFile,
  title: 'conf, `get` and `set`',
  async open(directory) {
    const config = new Conf<{ messages: Message[] }>({ cwd: directory, configName: 'chat' });
    return async (message) => config.set('messages', [...config.get('messages'), message]);
  },
};

const keyvFile: Store = {
  title: 'Keyv with keyv-file, `get` and `set`',
  prepare: async (directory) => void (await openKeyv(directory).set('messages', [])),
  async open(directory) {
    const keyv = openKeyv(directory);
    return async (message) => {
      const messages = (await keyv.get<Message[]>('messages')) ?? [];
      await keyv.set('messages', [...messages, message]);
    };
  },
  async read(directory) {
    // the store takes an unreadable file for an empty one
    JSON.parse(await readFile(fileIn(directory), 'utf8'));
    return (await openKeyv(directory).get<Message[]>('messages')) ?? [];
  },
};

const writeAtomically: Store = {
  ...chatFile,
  title: '`readFile`, then write-file-atomic',
  async open(directory) {
    return async (message) => {
      const { messages } = await readChat(directory);
      await writeFileAtomic(
        fileIn(directory),
        JSON.stringify({ messages: [...messages, message] }),
      );
    };
  },
};

const ours: Store = {
  title: '`appendMessages` of `@tgstore/core`',
  async prepare(directory) {
    const metadata = { conversation_id: ID };
    await openStore(directory).saveConversation({ messages: new Map(), metadata });
  },
  async open(directory) {
    const store = openStore(directory);
    return (message) => store.appendMessages(ID, [{ ...message }]);
  },
  async read(directory) {
    const { messages } = await openStore(directory).loadConversation(ID);
    return messages.values() as Iterable<Message>;
  },
};

/** Those that are compared, ours last. */
export const stores: Readonly<Record<string, Store>> = {
  lowdb,
  lowdbRead,
  conf,
  keyvFile,
  writeAtomically,
  ours,
};

const ID = 'chat';

function fileIn(directory: string): string {
  return join(directory, 'chat.json');
}

async function readChat(directory: string): Promise<Chat> {
  return JSON.parse(await readFile(fileIn(directory), 'utf8')) as Chat;
}

function openLowdb(directory: string) {
  return JSONFilePreset<Chat>(fileIn(directory), { messages: [] });
}

function openKeyv(directory: string): Keyv {
  return new Keyv({ store: new KeyvFile({ filename: fileIn(directory) }) });
}

function openStore(directory: string): EnhancedFileManager {
  return new EnhancedFileManager({ storageDir: directory, lockTimeoutMs: 60_000 });
}
