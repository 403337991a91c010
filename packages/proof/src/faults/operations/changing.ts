import { cp } from 'node:fs/promises';
import { nodeFileSystem } from '@tgstore/fs';
import { watchCalls } from '@tgstore/testkit';
import { collect } from '../../collect.ts';
import {
  conversation,
  kilobytes,
  message,
  type Operation,
  openStore,
  quietly,
  texts,
} from './operation.ts';

const LARGE = 'x'.repeat(70_000);

/** Changes of one conversation. */
export const changing: readonly Operation[] = [
  {
    name: 'save new',
    prepare: (store) => store.saveConversation(conversation('2', texts('other'))),
    run: (store) => quietly(store.saveConversation(conversation('1', texts('a', LARGE)))),
    mayBeDone: ['STORE_EXISTS'],
  },
  {
    name: 'save over',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a', 'b')));
      await store.markAsProcessed('1');
    },
    run: (store) =>
      quietly(store.saveConversation(conversation('1', texts('a', LARGE)), { force: true })),
  },
  {
    name: 'append by replacing',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a')));
      await store.markAsProcessed('1');
    },
    run: (store) => quietly(store.appendMessages('1', [message(2, 'b'), message(3, 'c')])),
  },
  {
    name: 'append in place',
    prepare: (store) => store.saveConversation(conversation('1', kilobytes(300))),
    run: (store) => quietly(store.appendMessages('1', [message(301, 'b')])),
  },
  {
    name: 'merge',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a', 'b', 'c')));
      await store.markAsProcessed('1');
    },
    run: (store) => {
      const edited = texts('a', LARGE).map((one) => ({
        ...one,
        edit_date: '2024-03-01T00:00:00Z',
      }));
      return quietly(store.mergeConversation(conversation('1', edited)));
    },
  },
  {
    name: 'delete messages',
    prepare: (store) => store.saveConversation(conversation('1', texts('a', 'b', 'c'))),
    run: (store) => quietly(store.deleteMessages('1', [2])),
  },
  {
    name: 'mark processed',
    prepare: (store) => store.saveConversation(conversation('1', texts('a'))),
    run: (store) => quietly(store.markAsProcessed('1')),
  },
  {
    name: 'mark unprocessed',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a')));
      await store.markAsProcessed('1');
    },
    run: (store) => quietly(store.markAsUnprocessed('1')),
  },
  {
    name: 'delete',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a', 'b')));
      await store.saveConversation(conversation('2', texts('other')));
      await store.deleteMessages('1', [2]);
    },
    run: (store) => store.deleteConversation('1'),
    mayBeDone: ['STORE_NOT_FOUND'],
  },
  {
    name: 'recover',
    // what an append left that died after it had written half of its bytes
    prepare: async (store, place) => {
      await store.saveConversation(conversation('1', kilobytes(300)));
      const copy = `${place.store}.copy`;
      let inForce = false;
      const dying = watchCalls(nodeFileSystem, ({ name, args }) => {
        if (name === 'open' && String(args[0]).endsWith('.undo') && args[1] === 'wx')
          inForce = true;
        if (!inForce || name !== 'unlink') return undefined;
        return async (unlink) => {
          await cp(place.store, copy, { recursive: true, filter: (path) => !/locks/.test(path) });
          await unlink(...args);
        };
      });
      await openStore(place.store, dying).appendMessages('1', [message(301, 'b')]);
      await cp(copy, place.store, { recursive: true });
    },
    run: async (store) => {
      const { left, actions } = await store.recover({ minAgeMs: 0 });
      const failed = actions.find(({ status }) => status === 'left')?.message;
      const error = new Error(failed ?? `${left} left`);
      // a problem that was left is told, not thrown
      if (left > 0) throw Object.assign(error, { code: 'CHECK_LEFT', path: store.storageDir });
      await collect(store.readMessages('1'));
    },
  },
];
