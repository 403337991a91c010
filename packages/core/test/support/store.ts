import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isTemporaryName } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { expect } from 'vitest';
import {
  type CheckCode,
  type CheckProblem,
  EnhancedFileManager,
  FileManager,
  StoreError,
} from '../../src/index.ts';
import { collect } from './collect.ts';

export interface TempStoreOptions {
  /** Codes of the errors that `check()` shall find at the end, each as often as it stands here. @default none */
  readonly problems?: readonly CheckCode[] | undefined;
  readonly durability?: 'full' | 'relaxed' | undefined;
}

export interface TempStore extends AsyncDisposable {
  /** The directory of the store; it does not exist before the first write. */
  readonly path: string;
  readonly files: FileManager;
  readonly enhanced: EnhancedFileManager;
  /** Puts a file there as another program would, and returns its path; what is no text is written as JSON. */
  put(name: string, content: string | Uint8Array | object): Promise<string>;
}

/**
 * A fresh store for one test. When it goes out of scope the test fails where `check()` finds an error that is not
 * expected, a temporary file is left, or anything was written beside the store.
 */
export async function tempStore({
  problems = [],
  durability,
}: TempStoreOptions = {}): Promise<TempStore> {
  const directory = await tempDirectory();
  const path = join(directory.path, 'chats');
  const enhanced = new EnhancedFileManager({ storageDir: path, durability });
  return {
    path,
    files: new FileManager({ storageDir: path, durability }),
    enhanced,
    async put(name, content) {
      await mkdir(path, { recursive: true, mode: 0o700 });
      const isText = typeof content === 'string' || content instanceof Uint8Array;
      await writeFile(join(path, name), isText ? content : JSON.stringify(content), {
        mode: 0o600,
      });
      return join(path, name);
    },
    async [Symbol.asyncDispose]() {
      try {
        await enhanced.close();
        expect(['chats', undefined]).toContain((await readdir(directory.path)).at(0));
        expect((await readdir(directory.path)).length).toBeLessThan(2);
        expect((await errorsOf(path)).map(({ code }) => code).sort()).toEqual([...problems].sort());
        expect(await leftOvers(path)).toEqual([]);
      } finally {
        await directory[Symbol.asyncDispose]();
      }
    },
  };
}

/** All that `check()` finds; nothing where there is no store. */
export async function findings(path: string): Promise<CheckProblem[]> {
  try {
    return await collect(new FileManager({ storageDir: path }).check());
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_NOT_A_STORE') return [];
    throw error;
  }
}

/** What `check()` finds that should be mended. */
export async function errorsOf(path: string): Promise<CheckProblem[]> {
  return (await findings(path)).filter(({ severity }) => severity === 'error');
}

/** The names of the temporary files in a store. */
export async function leftOvers(path: string): Promise<string[]> {
  const own = ['', 'changes', 'quarantine', 'state'].map((name) => join(path, '.tgstore', name));
  const names = await Promise.all([path, ...own].map(entries));
  return names.flat().filter(isTemporaryName);
}

/** What the store knows of its conversations: the contents of their states and change logs, by name. */
export async function recordsOf(path: string): Promise<Record<string, string>> {
  const records: Record<string, string> = {};
  for (const directory of ['changes', 'state']) {
    for (const name of await entries(join(path, '.tgstore', directory))) {
      const record = join(path, '.tgstore', directory, name);
      records[`${directory}/${name}`] = await readFile(record, 'utf8');
    }
  }
  return records;
}

/** The conversation files of a store, by name. */
export async function conversationFiles(path: string): Promise<string[]> {
  return (await entries(path)).filter((name) => name.endsWith('.json')).sort();
}

async function entries(path: string): Promise<string[]> {
  return await readdir(path).catch(() => []);
}
