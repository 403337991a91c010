import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EnhancedFileManager, encodeId, FileManager } from '@tgstore/core';
import {
  type IncomingConversation,
  type Message,
  serializeConversation,
  stringifyJson,
} from '@tgstore/schema';
import { makeStore } from '../../make-store.ts';
import { sampleMessages } from '../../sample-messages.ts';
import type { Actions, Options } from '../actions.ts';
import { ChatDatabase } from '../contenders/chat-database.ts';
import { APPENDED, names, WARM_UPS } from './files.ts';
import { SOUGHT } from './sought.ts';

/** Enough for all warm-ups and twenty times. */
const FURTHER = (WARM_UPS + 20) * APPENDED;

/** What prepares data, each in a directory that it makes. */
export const actions: Actions = {
  /** One conversation, streamed; and messages to append to it. */
  one: (options) => async () => {
    const { data, messages } = options;
    const files = new EnhancedFileManager({ storageDir: join(data, names.store), ...RELAXED });
    const further: Message[] = [];
    const staged = await files.stageImport(incoming(options, further));
    await staged.commit();
    await pipeline(chatText(files), createWriteStream(join(data, names.chat)));
    await writeFile(join(data, names.further), JSON.stringify(further));
    return messages;
  },

  /** Many conversations of equal length. */
  many: (options) => async () => {
    await makeStore(join(options.data, names.store), {
      ...options,
      messagesEach: options.messages,
    });
    return options.conversations;
  },

  /** Very many files with one message each, written as the store writes them, but not by it. */
  tiny:
    ({ data, conversations }) =>
    async () => {
      const store = join(data, names.store);
      await mkdir(store, { recursive: true });
      for (let id = 1; id <= conversations; id += 1) {
        const conversation_id = String(id);
        const text = serializeConversation({
          messages: new Map([['1', { id: 1, text: `Hello ${id}` }]]),
          metadata: { conversation_id, message_count: 1, last_message_id: 1 },
        });
        await writeFile(join(store, `${encodeId(conversation_id)}_unprocessed.json`), text);
      }
      return conversations;
    },

  /** As `many`; a word that stands nowhere else is in the first ten. */
  searched: (options) => async () => {
    await makeStore(join(options.data, names.store), {
      ...options,
      messagesEach: options.messages,
    });
    const files = new FileManager({ storageDir: join(options.data, names.store), ...RELAXED });
    for (let id = 1; id <= SOUGHT.hits; id += 1) {
      const { messages, ...rest } = await files.loadConversation(String(id));
      const added = { id: options.messages + 1, text: `We saw a ${SOUGHT.word} there.` };
      const more = [...messages.values(), added];
      await files.saveConversation({ ...rest, messages: more }, { force: true });
    }
    return options.conversations;
  },

  /** The database of what another action has prepared. */
  database:
    ({ data, conversations }) =>
    async () => {
      const path = join(data, names.database);
      await rm(path, { force: true });
      using database = new ChatDatabase(path);
      const files = new FileManager({ storageDir: join(data, names.store) });
      database.begin();
      for await (const { file, metadata } of files.listMetadata()) {
        for await (const message of files.readMessages(file.id)) {
          database.putMessage(file.id, Number(message.id), stringifyJson(message));
        }
        database.putMetadata(file.id, stringifyJson(metadata));
      }
      database.commit();
      return conversations;
    },
};

const RELAXED = { durability: 'relaxed' } as const;

/** The messages with ids from 1 on; what comes behind them is kept for later. */
async function* incoming(
  { seed, messages: wanted }: Options,
  further: Message[],
): AsyncGenerator<IncomingConversation> {
  const messages = (async function* () {
    let id = 0;
    for await (const message of sampleMessages(seed, wanted + FURTHER)) {
      id += 1;
      if (id > wanted + FURTHER) return;
      // compact enough that the whole still fits into one string
      const { raw_data, ...lean } = message;
      if (id <= wanted) yield { ...lean, id };
      else further.push({ ...lean, id });
    }
  })();
  const metadata = { conversation_id: '1', name: 'Chat 1' };
  yield { place: 'sample', messages, finish: () => ({ metadata }) };
}

/** A conversation as a document with an array of messages. */
async function* chatText(files: FileManager): AsyncGenerator<string> {
  yield `{"metadata":${stringifyJson(await files.readMetadata('1'))},"messages":[`;
  let [pending, separator] = ['', ''];
  for await (const message of files.readMessages('1')) {
    pending += separator + stringifyJson(message);
    separator = ',';
    if (pending.length < 100_000) continue;
    yield pending;
    pending = '';
  }
  yield `${pending}]}`;
}
