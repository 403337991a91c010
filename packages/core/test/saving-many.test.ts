import { expect, test } from 'vitest';
import { EnhancedFileManager } from '../src/index.ts';
import { conversation } from './support/conversations.ts';
import { systemError, watching } from './support/faults.ts';
import { conversationFiles, type TempStore, tempStore } from './support/store.ts';

// as many as a batch has in hand
const IDS = ['1', '2', '3', '4', '5', '6', '7', '8'];

interface Watched {
  readonly files: EnhancedFileManager;
  readonly syncs: () => number;
}

/** The first sync of the directory waits until all have their names; `fails` says which sync does. */
async function watched(store: TempStore, fails = 0): Promise<Watched> {
  // makes what is made once
  await store.enhanced.saveConversation(conversation('0'));
  let named = 0;
  let syncs = 0;
  let openGate = (): void => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  const fileSystem = watching(({ name, args }) => {
    // the temporary name: the last step before the sync
    if (name === 'unlink') {
      return async (unlink) => {
        await unlink(...args);
        named += 1;
        if (named === IDS.length) setImmediate(openGate);
      };
    }
    // the store itself was prepared before anything has its name
    if (name !== 'open' || args[0] !== store.path || named === 0) return undefined;
    syncs += 1;
    const number = syncs;
    return async (open) => {
      await gate;
      if (number === fails) throw systemError('EIO');
      return await open(...args);
    };
  });
  const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  return { files, syncs: () => syncs };
}

test('those who are saved at once share two syncs of the directory', async () => {
  await using store = await tempStore();
  const { files, syncs } = await watched(store);
  const { saved, failed } = await files.batchSaveConversations(IDS.map((id) => conversation(id)));
  expect([...saved].sort()).toEqual(IDS);
  expect(failed).toEqual([]);
  expect(syncs()).toBe(2);
});

test.each([
  [1, 'and those who waited for it', 8],
  [2, 'but not who was before it', 7],
])('sync %i that fails fails all who shared it, %s', async (number, _who, count) => {
  await using store = await tempStore();
  const { files } = await watched(store, number);
  const { saved, failed } = await files.batchSaveConversations(IDS.map((id) => conversation(id)));
  expect(failed).toHaveLength(count);
  for (const { error } of failed) {
    expect(error).toMatchObject({ code: 'FS_UNCONFIRMED', cause: { code: 'EIO' } });
  }
  expect(saved).toHaveLength(IDS.length - count);
  // in place, though not confirmed
  expect(await conversationFiles(store.path)).toHaveLength(IDS.length + 1);
});

test('a new conversation is looked for once under its lock, and so is its undo record', async () => {
  await using store = await tempStore();
  const looks: string[] = [];
  let isPrepared = false;
  const fileSystem = watching(({ name, args }) => {
    if (name === 'lstat' && isPrepared) looks.push(String(args[0]).slice(store.path.length + 1));
    return undefined;
  });
  const files = new EnhancedFileManager({ storageDir: store.path, fileSystem });
  await files.saveConversation(conversation('1'));
  isPrepared = true;
  await files.saveConversation(conversation('2'));
  expect(looks).toEqual(['.2.undo', '2_unprocessed.json', '2_processed.json']);
});
