import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appendTail, type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { EnhancedFileManager, FileManager } from '../src/index.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { systemError } from './support/faults.ts';

/** A store with conversation 1, to which an append was interrupted, as a crash leaves it. */
async function interrupted() {
  const directory = await tempDirectory();
  const storageDir = directory.path;
  const path = await new FileManager({ storageDir }).saveConversation(
    conversation('1', messages(100)),
  );
  const whole = await readFile(path, 'utf8');
  const undoPath = join(storageDir, '.1.undo');
  const tail = `${',\n"101":{"id":101}'.repeat(500)}\n},`;
  const from = whole.lastIndexOf('\n},');
  const append = appendTail(path, tail, { from, undoPath, fileSystem: dyingIn(path) });
  await expect(append).rejects.toThrow();
  expect(await readFile(path, 'utf8')).not.toBe(whole);
  return {
    storageDir,
    path,
    whole,
    undoPath,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** From the first write into a file on, only half of that reaches the disk, and nothing after it. */
function dyingIn(path: string): FileSystem {
  let isDead = false;
  const refuseIfDead = () => {
    if (isDead) throw systemError('EIO', 'write');
  };
  return {
    ...nodeFileSystem,
    async open(name, flags, mode) {
      refuseIfDead();
      const handle = await nodeFileSystem.open(name, flags, mode);
      if (name !== path) return handle;
      return new Proxy(handle, {
        get(target, key) {
          const value = Reflect.get(target, key);
          if (key !== 'write') return typeof value === 'function' ? value.bind(target) : value;
          return async (bytes: Uint8Array, offset: number, length: number, position: number) => {
            refuseIfDead();
            await target.write(bytes, offset, length >> 1, position);
            isDead = true;
            throw systemError('EIO', 'write');
          };
        },
      });
    },
    unlink: async (name) => {
      refuseIfDead();
      await nodeFileSystem.unlink(name);
    },
  };
}

test('the first change of any conversation takes back an interrupted append', async () => {
  await using store = await interrupted();
  const { storageDir, path, whole } = store;
  const told: string[] = [];
  const warn = (_details: object, text: string) => void told.push(text);
  const logger = { debug() {}, info() {}, warn, error: warn };
  const files = new EnhancedFileManager({ storageDir, logger });
  await files.saveConversation(conversation('2'));
  expect(told).toEqual(['an append was interrupted; it is mended']);
  expect(await readFile(path, 'utf8')).toBe(whole);
  expect(await readdir(storageDir)).not.toContain('.1.undo');
  await files.appendMessages('1', [message(101)]);
  expect((await files.loadConversation('1')).messages.size).toBe(101);
});

test('check finds an interrupted append, and recover takes it back', async () => {
  await using store = await interrupted();
  const { storageDir, path, whole } = store;
  const files = new EnhancedFileManager({ storageDir });
  const dry = await files.recover({ dryRun: true });
  expect(dry.actions[0]).toMatchObject({
    problem: { code: 'CHECK_INTERRUPTED_APPEND', id: '1' },
    status: 'would-mend',
  });
  expect(await readFile(path, 'utf8')).not.toBe(whole);
  const { actions, left } = await files.recover();
  expect(actions[0]).toMatchObject({ status: 'mended', message: 'took it back' });
  expect(left).toBe(0);
  expect(await readFile(path, 'utf8')).toBe(whole);
});

test('a record that does not fit the file goes to quarantine, and the file stays', async () => {
  await using store = await interrupted();
  const { storageDir, path, whole, undoPath } = store;
  const record = await readFile(undoPath);
  const other = whole.replace('text 80"', 'TEXT 80"');
  await writeFile(path, other);
  const files = new EnhancedFileManager({ storageDir });
  await files.appendMessages('1', [message(101)]);
  expect((await files.loadConversation('1')).messages.get('80')?.text).toBe('TEXT 80');
  const quarantine = join(storageDir, '.tgstore', 'quarantine');
  const [name = ''] = await readdir(quarantine);
  expect(name).toMatch(/^\.1\.undo\./);
  expect(await readFile(join(quarantine, name))).toEqual(record);
});

test('FileManager, for a single writer, refuses to write where an append was interrupted', async () => {
  await using store = await interrupted();
  const files = new FileManager({ storageDir: store.storageDir });
  const save = files.saveConversation(conversation('1'), { force: true });
  await expect(save).rejects.toMatchObject({ code: 'STORE_NEEDS_RECOVERY', path: store.undoPath });
});
