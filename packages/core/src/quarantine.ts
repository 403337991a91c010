import { basename, join } from 'node:path';
import { atomicWrite, ensureDirectory, renameDurably, syncDirectory } from '@tgstore/fs';
import { ConversationFile } from './conversation-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Moves a file out of the way, to `.tgstore/quarantine/` under its name and the time; resolves to where it is now. */
export async function quarantine(store: StoreDirectory, path: string): Promise<string> {
  const target = await prepare(store, path);
  await renameDurably(path, target, store.io);
  return target;
}

/** As {@link quarantine}, but the file stays: it has two names now, or is copied where the file system has no hard links. */
export async function keepInQuarantine(store: StoreDirectory, path: string): Promise<string> {
  const target = await prepare(store, path);
  try {
    await store.fileSystem.link(path, target);
  } catch {
    await using file = await ConversationFile.open(path, store);
    await atomicWrite(target, file.bytes(), store.io);
    return target;
  }
  if (store.durability === 'full') await syncDirectory(store.layout.quarantineDirectory, store.io);
  return target;
}

/** A free name. */
async function prepare(store: StoreDirectory, path: string): Promise<string> {
  const { quarantineDirectory } = store.layout;
  await ensureDirectory(quarantineDirectory, store.io);
  const time = new Date().toISOString().replace(/[-:.]/g, '');
  for (let number = 0; ; number += 1) {
    const suffix = number === 0 ? '' : `-${number}`;
    const target = join(quarantineDirectory, `${basename(path)}.${time}${suffix}`);
    if (!(await store.exists(target))) return target;
  }
}
