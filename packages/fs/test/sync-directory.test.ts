import { basename, join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { nodeFileSystem, shareSyncs, syncDirectory } from '../src/index.ts';
import { codesOf, watched } from './support/watched.ts';

test('syncDirectory opens, syncs and closes', async () => {
  await using dir = await tempDirectory();
  const { fileSystem, calls, openHandles } = watched();
  await syncDirectory(dir.path, { fileSystem });
  expect(calls).toEqual([`open ${basename(dir.path)} r`, 'handle.sync', 'handle.close']);
  expect(openHandles()).toBe(0);
});

test('its errors pass through, two at once together, and the handle is closed', async () => {
  await using dir = await tempDirectory();
  for (const failed of ['open', 'handle.sync', 'handle.close']) {
    const { fileSystem, openHandles } = watched(({ name }) => {
      if (name === failed) throw systemError('EIO');
      return undefined;
    });
    await expect(syncDirectory(dir.path, { fileSystem })).rejects.toMatchObject({ code: 'EIO' });
    expect(openHandles()).toBe(0);
  }
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync') throw systemError('EIO');
    if (name === 'handle.close') throw systemError('EROFS');
    return undefined;
  });
  const both = await syncDirectory(dir.path, { fileSystem }).catch((thrown) => thrown);
  expect(codesOf(both)).toEqual(['EIO', 'EROFS']);
});

test('what Windows says of directories is ignored there, and nowhere else', async () => {
  await using dir = await tempDirectory();
  for (const code of ['EPERM', 'EISDIR', 'EACCES']) {
    for (const failed of ['open', 'handle.sync']) {
      for (const platform of ['win32', 'linux'] as const) {
        const { fileSystem, openHandles } = watched(
          ({ name }) => {
            if (name === failed) throw systemError(code);
            return undefined;
          },
          { ...nodeFileSystem, platform },
        );
        const synced = syncDirectory(dir.path, { fileSystem });
        if (platform === 'win32') await synced;
        else await expect(synced).rejects.toMatchObject({ code });
        expect(openHandles()).toBe(0);
      }
    }
  }
});

test('a file system that has no sync of directories is left alone', async () => {
  await using dir = await tempDirectory();
  const { fileSystem } = watched(({ name }) => {
    if (name === 'handle.sync') throw systemError('EINVAL');
    return undefined;
  });
  await syncDirectory(dir.path, { fileSystem });
});

test('those who sync a directory at once share two syncs at most; each began after they asked', async () => {
  await using dir = await tempDirectory();
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  let syncs = 0;
  const {
    fileSystem: alone,
    calls,
    openHandles,
  } = watched(({ name }) => {
    if (name !== 'handle.sync') return undefined;
    syncs += 1;
    return syncs > 1 ? undefined : async (sync) => gate.then(sync);
  });
  const fileSystem = shareSyncs(alone);
  const first = syncDirectory(dir.path, { fileSystem });
  while (syncs === 0) await new Promise((resolve) => setImmediate(resolve));
  // the same directory by another name
  const later = [1, 2, 3].map(() => syncDirectory(join(dir.path, '.'), { fileSystem }));
  open();
  await Promise.all([first, ...later]);
  expect(calls.filter((call) => call === 'handle.sync')).toHaveLength(2);
  expect(openHandles()).toBe(0);
  await Promise.all([1, 2, 3].map(() => syncDirectory(dir.path, { fileSystem: alone })));
  expect(calls.filter((call) => call === 'handle.sync')).toHaveLength(5);
});
