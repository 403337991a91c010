import { FileManager } from '@tgstore/core';
import type { secretConversation } from './made-up.ts';
import type { Operation, Tools } from './tools.ts';

/** Changes of conversations, and what refuses them. */
export function changeOperations({ withStore, conversation, place, secrets }: Tools): Operation[] {
  return [
    {
      name: 'FileManager.saveConversation',
      run: () => new FileManager({ storageDir: place.store }).saveConversation(conversation('1')),
    },
    {
      name: 'saveConversation',
      run: () => withStore((store) => store.saveConversation(conversation('2'))),
    },
    {
      name: 'saveConversation, not valid',
      fails: 'SCHEMA_INVALID',
      run: () => withStore((store) => store.saveConversation(invalid(conversation('2')))),
    },
    {
      name: 'saveConversation, exists',
      fails: 'STORE_EXISTS',
      run: () => withStore((store) => store.saveConversation(conversation('2'))),
    },
    {
      name: 'saveConversation, no name',
      fails: 'STORE_INVALID_ID',
      run: () => withStore((store) => store.saveConversation(conversation('x'.repeat(400)))),
    },
    {
      name: 'saveConversation, long',
      run: () => withStore((store) => store.saveConversation(conversation('3', { messages: 400 }))),
    },
    {
      name: 'appendMessages',
      run: () => withStore((store) => store.appendMessages('2', [{ id: 10, text: secrets.text }])),
    },
    {
      name: 'appendMessages, in place',
      run: () =>
        withStore((store) => store.appendMessages('3', [{ id: 1000, text: secrets.text }])),
    },
    {
      name: 'appendMessages, not valid',
      fails: 'SCHEMA_INVALID',
      run: () =>
        withStore((store) =>
          store.appendMessages('3', [
            { id: 1001, text: 7, sender_name: secrets.senderName } as never,
          ]),
        ),
    },
    {
      name: 'mergeConversation',
      run: () =>
        withStore((store) => store.mergeConversation(conversation('2', { revised: true }))),
    },
    {
      name: 'mergeConversation, id conflict',
      fails: 'STORE_ID_CONFLICT',
      run: () => withStore((store) => store.mergeConversation(otherAccount(conversation('2')))),
    },
    { name: 'deleteMessages', run: () => withStore((store) => store.deleteMessages('2', [2])) },
    {
      name: 'batchSaveConversations',
      run: () =>
        withStore((store) =>
          store.batchSaveConversations([conversation('4'), invalid(conversation('5'))]),
        ),
    },
    { name: 'markAsProcessed', run: () => withStore((store) => store.markAsProcessed('2')) },
    { name: 'markAsUnprocessed', run: () => withStore((store) => store.markAsUnprocessed('2')) },
    {
      name: 'processAllUnprocessed',
      run: () =>
        withStore((store) => store.processAllUnprocessed(async (one) => void (await one.load()))),
    },
    {
      name: 'processAllUnprocessed, fails',
      run: () =>
        withStore(async (store) => {
          await store.markAsUnprocessed('2');
          await store.processAllUnprocessed(() => Promise.reject(new Error('of the processor')));
        }),
    },
  ];
}

type Input = ReturnType<typeof secretConversation>;

function invalid(conversation: Input): Input {
  const [first, ...others] = conversation.messages as Record<string, unknown>[];
  const wrong = {
    ...first,
    date: first?.text,
    entities: first?.text,
    is_outgoing: first?.sender_name,
    reactions: [first?.raw_data],
  };
  return { ...conversation, messages: [wrong, ...others] };
}

/** The same ids, and other messages. */
function otherAccount(conversation: Input): Input {
  const messages = (conversation.messages as Record<string, unknown>[]).map((message) => ({
    ...message,
    sender_id: 'channel9',
    date: '2019-05-05T05:05:05Z',
  }));
  return { ...conversation, messages };
}
