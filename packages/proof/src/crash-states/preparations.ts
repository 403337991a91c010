import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { nodeFileSystem, temporaryName } from '@tgstore/fs';
import { tempDirectory, watchCalls } from '@tgstore/testkit';
import { conversation, ID, large, messages, OTHER, small } from './conversations.ts';
import type { Place } from './scenario.ts';
import { CHANGES } from './steps.ts';

type Prepare = (place: Place) => Promise<void>;

/** How the conversation that is changed is, beside one that nobody touches. */
export type Beginning = 'absent' | 'unprocessed' | 'processed' | 'changed since' | 'large';

export function beginWith(beginning: Beginning): Prepare {
  return async ({ open }) => {
    const store = open();
    await store.saveConversation(conversation(OTHER, messages(1, 1, 'other', 100)));
    await store.markAsProcessed(OTHER);
    if (beginning === 'absent') return;
    await store.saveConversation(beginning === 'large' ? large() : small());
    if (beginning === 'processed' || beginning === 'changed since') await store.markAsProcessed(ID);
    if (beginning === 'changed since') {
      await store.appendMessages(ID, messages(901, 1, 'since', 200));
    }
  };
}

/** Nothing at all. */
export const nothing: Prepare = async () => {};

export const forPrune: Prepare = async (place) => {
  await beginWith('unprocessed')(place);
  const store = place.open();
  for (let count = 0; count < 4; count++) await store.backups.createBackup();
};

/** One will be replaced, one come again, one stay. */
export const forRestore: Prepare = async (place) => {
  await beginWith('unprocessed')(place);
  const store = place.open();
  await store.saveConversation(conversation('gone', messages(1, 2, 'gone', 100)));
  await store.createManualBackup({ tag: 'before' });
  await store.deleteConversation('gone');
  await CHANGES.merge.run(store);
  await store.markAsProcessed(ID);
};

/** A bundle of two conversations: one that is there and differs, one that is new. */
export const forImport: Prepare = async (place) => {
  await beginWith('processed')(place);
  await using other = await tempDirectory();
  const source = new EnhancedFileManager({ storageDir: join(other.path, 'chats') });
  await source.saveConversation(conversation(ID, messages(4, 5, 'imported', 400)));
  await source.saveConversation(conversation('new', messages(1, 3, 'imported', 300)));
  await source.exportConversationsToJson(join(place.directory, 'input.json'));
};

/** An append whose process died when it had written a part of the new end. */
export const forTakingBack: Prepare = async (place) => {
  await beginWith('large')(place);
  let isDead = false;
  const fileSystem = watchCalls(nodeFileSystem, ({ name, args }) => {
    if (isDead && name === 'handle.close') return undefined;
    if (name === 'unlink' && String(args[0]).endsWith('.undo')) isDead = true;
    if (isDead) throw Object.assign(new Error('EIO: dead'), { code: 'EIO' });
    return undefined;
  });
  await CHANGES.append.run(place.open({ fileSystem })).then(
    () => {
      throw new Error('the append was not interrupted');
    },
    () => {},
  );
};

/** Temporary files of dead processes, and a conversation under both names. */
export const forMending: Prepare = async (place) => {
  await beginWith('processed')(place);
  const { storageDir } = place;
  const text = JSON.stringify(withoutMaps(conversation(ID, messages(5, 4, 'foreign', 300))));
  await writeFile(join(storageDir, `${ID}_unprocessed.json`), text, { mode: 0o600 });
  for (const directory of ['', '.tgstore', '.tgstore/state', '.tgstore/changes']) {
    await mkdir(join(storageDir, directory), { recursive: true, mode: 0o700 });
    const path = join(storageDir, directory, temporaryName());
    await writeFile(path, 'a part', { mode: 0o600 });
  }
};

/** A conversation as the original module wrote it. */
export const forMigration: Prepare = async (place) => {
  await beginWith('unprocessed')(place);
  const raw = { ...withoutMaps(conversation('Ann B', messages(1, 3, 'raw', 300))) };
  const path = join(place.storageDir, 'Ann B_processed.json');
  await writeFile(path, JSON.stringify(raw, undefined, 2), { mode: 0o600 });
};

function withoutMaps({ messages: map, metadata }: ReturnType<typeof conversation>): object {
  return { messages: Object.fromEntries(map), metadata };
}
