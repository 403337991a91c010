import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnhancedFileManager } from '@tgstore/core';
import {
  conversation,
  kilobytes,
  type Operation,
  type Place,
  quietly,
  texts,
} from './operation.ts';

/** Nobody has its identity. */
const RECIPIENT = 'age1sf8uj5j7vce76az46wwwl9n3ruxrvcycun9e3e9wfpa35egatc3qg9epda';

/** Backups, imports and exports. */
export const files: readonly Operation[] = [
  {
    name: 'create a backup',
    prepare: prepareTwo,
    run: (store) => quietly(store.createManualBackup()),
    assertMade: (store) => assertBackups(store, 1),
  },
  {
    name: 'create an encrypted backup',
    prepare: prepareTwo,
    run: (store) => quietly(store.createManualBackup({ recipients: [RECIPIENT] })),
    assertMade: async (store) => {
      const { backups } = await store.listBackups();
      if (backups.length === 0) throw new Error('there is no backup');
    },
  },
  {
    name: 'verify a backup',
    prepare: prepareBackedUp,
    run: async (store) => {
      const { id, counts } = await store.backups.verifyBackup(await firstBackup(store));
      return { id, counts };
    },
    // when it was verified is noted where the disk can be written
    doesWithout: ['EROFS', 'EACCES'],
  },
  {
    name: 'restore a backup',
    prepare: prepareBackedUp,
    run: async (store) => {
      const id = await firstBackup(store);
      await store.restoreBackup(id, { overwrite: true });
    },
    assertMade: async (store) => {
      // what was replaced is kept
      await assertBackups(store, 2);
    },
  },
  {
    name: 'prune backups',
    prepare: async (store) => {
      await store.saveConversation(conversation('1', texts('a')));
      for (let count = 0; count < 3; count += 1) await store.backups.createBackup();
    },
    run: (store) => quietly(store.backups.pruneBackups({ keepLast: 1 })),
    assertMade: async (store) => {
      const { backups } = await store.listBackups();
      if (backups.length !== 1) throw new Error(`${backups.length} backups are left, not 1`);
      await assertBackups(store, 1);
    },
  },
  {
    name: 'import',
    prepare: async (store, place) => {
      await store.saveConversation(conversation('1', texts('a', 'b', 'c')));
      await store.saveConversation(conversation('2', kilobytes(300)));
      await store.exportConversationsToJson(bundle(place));
      await store.deleteConversation('2');
      await store.saveConversation(conversation('1', texts('a')), { force: true });
      await store.markAsProcessed('1');
    },
    run: (store, place) => quietly(store.importConversationsFromJson(bundle(place))),
  },
  {
    name: 'export',
    prepare: prepareTwo,
    run: async (store, place) => {
      const { messages } = await store.exportConversationsToJson(bundle(place), {
        overwrite: true,
      });
      return messages;
    },
    assertMade: async (_, place) => {
      const { conversations } = JSON.parse(await readFile(bundle(place), 'utf8'));
      if (Object.keys(conversations).length !== 2)
        throw new Error('the bundle lacks a conversation');
    },
  },
];

async function prepareTwo(store: EnhancedFileManager): Promise<void> {
  await store.saveConversation(conversation('1', kilobytes(300)));
  await store.saveConversation(conversation('2', texts('c')));
  await store.markAsProcessed('2');
}

async function prepareBackedUp(store: EnhancedFileManager): Promise<void> {
  await prepareTwo(store);
  await store.createManualBackup();
  await store.saveConversation(conversation('1', texts('a')), { force: true });
  await store.deleteConversation('2');
}

async function firstBackup(store: EnhancedFileManager): Promise<string> {
  const { backups } = await store.listBackups();
  const manual = backups.find(({ tag }) => tag === 'manual');
  if (!manual) {
    const where = { code: 'BACKUP_NOT_FOUND', path: store.backups.backupDir };
    throw Object.assign(new Error('the backup is gone'), where);
  }
  return manual.id;
}

/** At least so many, all of them whole. */
async function assertBackups(store: EnhancedFileManager, atLeast: number): Promise<void> {
  const { backups } = await store.listBackups();
  if (backups.length < atLeast) throw new Error(`${backups.length} backups, not ${atLeast}`);
  for (const { id } of backups) await store.backups.verifyBackup(id);
}

function bundle({ outside }: Place): string {
  return join(outside, 'bundle.json');
}
