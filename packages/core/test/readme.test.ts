import { readFile } from 'node:fs/promises';
import { format } from 'node:util';
import { sampleConversation } from '@tgstore/schema';
import { expect, test } from 'vitest';
import * as core from '../src/index.ts';
import { conversationFiles, tempStore } from './support/store.ts';

const README = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README prints what stands below it', async () => {
  await using store = await tempStore();
  const [, example = '', output = ''] = /```ts\n(.*?)```\n\n```text\n(.*?)```/s.exec(README) ?? [];
  let printed = '';
  const names = {
    EnhancedFileManager: class extends core.EnhancedFileManager {
      constructor({ storageDir }: core.EnhancedFileManagerOptions) {
        expect(storageDir).toBe('chats');
        super({ storageDir: store.path });
      }
    },
    sampleConversation,
    console: {
      log: (...values: unknown[]) => {
        printed += `${format(...values)}\n`;
      },
    },
  };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const body = example.replaceAll(/^import .*$/gm, '');
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  expect(example).toContain('new EnhancedFileManager(');
  expect(printed).toBe(output);
  expect(await conversationFiles(store.path)).toEqual(['12345_processed.json']);
});

test('the README names every error code, method and function', async () => {
  const source = await readFile(new URL('../src/errors.ts', import.meta.url), 'utf8');
  const codes = [...source.matchAll(/\| '(STORE_\w+)'/g)].map(([, code]) => code ?? '');
  expect([...README.matchAll(/^\| `(STORE_\w+)`/gm)].map(([, code]) => code)).toEqual(codes);
  const methods = [core.FileManager, core.EnhancedFileManager].flatMap((manager) =>
    Object.getOwnPropertyNames(manager.prototype),
  );
  const names = [...methods, ...Object.keys(core)].filter((name) => name !== 'constructor');
  for (const name of names) expect(README).toContain(name === 'storageDir' ? '`storageDir`' : name);
});
