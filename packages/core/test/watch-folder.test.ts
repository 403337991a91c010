import { execFile } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { nodeFileSystem } from '@tgstore/fs';
import { runTypeScript, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test, vi } from 'vitest';
import { watchDirectory } from '../src/directory-events.ts';
import { type SettledFile, type WatchFolderOptions, watchFolder } from '../src/watch-folder.ts';
import { collect } from './support/collect.ts';
import { systemError } from './support/faults.ts';
import { counted, deaf, NO_RESCAN_MS, next, nextOf } from './support/watchers.ts';

interface Folder extends AsyncDisposable {
  readonly path: string;
  /** Writes a file in place and returns its path; the directories above it are made. */
  put(name: string, content?: string): Promise<string>;
  watch(options?: WatchFolderOptions): AsyncGenerator<SettledFile>;
  /** The names of the next files, from the folder on. */
  names(count: number, files: AsyncGenerator<SettledFile>): Promise<string[]>;
}

async function tempFolder(): Promise<Folder> {
  const directory = await tempDirectory();
  const path = join(directory.path, 'drop');
  await mkdir(path);
  return {
    path,
    async put(name, content = '{}') {
      await mkdir(dirname(join(path, name)), { recursive: true });
      await writeFile(join(path, name), content);
      return join(path, name);
    },
    watch: (options) => watchFolder(path, { settleMs: 20, rescanMs: NO_RESCAN_MS, ...options }),
    async names(count, files) {
      return (await nextOf(count, files)).map((file) => relative(path, file.path));
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test('the exports that are there come first, with their size and time', async () => {
  await using folder = await tempFolder();
  for (const name of ['b.json', 'A.JSON', 'ChatExport_1/result.json']) await folder.put(name);
  const path = await folder.put('c.json', '{"messages": [] }\r\n\t ');
  const { mtimeNs } = await stat(path, { bigint: true });
  const files = folder.watch();
  expect(await folder.names(3, files)).toEqual(['A.JSON', 'ChatExport_1/result.json', 'b.json']);
  expect(await next(files)).toEqual({ path, size: 21, modifiedNs: mtimeNs });
  await files.return(undefined);
});

test('an export that is written, moved there or changed is given', async () => {
  await using folder = await tempFolder();
  await folder.put('a.json');
  const files = folder.watch();
  expect(await folder.names(1, files)).toEqual(['a.json']);
  await folder.put('b.json', '[1]');
  expect(await folder.names(1, files)).toEqual(['b.json']);
  await folder.put('../elsewhere/result.json');
  await rename(join(folder.path, '../elsewhere'), join(folder.path, 'ChatExport_1'));
  expect(await folder.names(1, files)).toEqual(['ChatExport_1/result.json']);
  const download = await folder.put('c.json.crdownload');
  await rename(download, join(folder.path, 'c.json'));
  expect(await folder.names(1, files)).toEqual(['c.json']);
  await folder.put('a.json', '{"a":1}');
  expect(await folder.names(1, files)).toEqual(['a.json']);
  await utimes(join(folder.path, 'b.json'), 1, 1);
  expect(await folder.names(1, files)).toEqual(['b.json']);
  await files.return(undefined);
});

test('hidden and temporary files, links, FIFOs and directories named as files are left out', async () => {
  await using folder = await tempFolder();
  const outside = await folder.put('../outside/result.json');
  const files = folder.watch();
  const putAll = async (): Promise<void> => {
    const names = ['.a.json', 'a.json.part', 'a.json.crdownload', 'a.json.tmp', 'a.txt'];
    const inside = ['s/other.json', 's/t/result.json', '.s/result.json', 'dir.json/result.json'];
    for (const name of [...names, ...inside]) await folder.put(name);
    await symlink(outside, join(folder.path, 'link.json'));
    await symlink(dirname(outside), join(folder.path, 'linked'));
    await promisify(execFile)('mkfifo', [join(folder.path, 'fifo.json')]);
    await mkdir(join(folder.path, 'u'));
    await promisify(execFile)('mkfifo', [join(folder.path, 'u/result.json')]);
    await symlink(outside, join(folder.path, 's/result.json'));
  };
  const first = next(files);
  await putAll();
  await folder.put('y.json');
  expect(basename((await first).path)).toBe('y.json');
  const again = folder.watch();
  expect(await folder.names(1, again)).toEqual(['y.json']);
  await folder.put('z.json');
  expect(await folder.names(1, files)).toEqual(['z.json']);
  expect(await folder.names(1, again)).toEqual(['z.json']);
  await Promise.all([files.return(undefined), again.return(undefined)]);
});

test('a half-written export is not given until its JSON is closed', async () => {
  await using folder = await tempFolder();
  const texts = ['', '  \n', '{"a": [1, 2', '{"a": {"b": 1},', `{}${'\0'.repeat(9)}`, '"text"'];
  for (const [index, text] of texts.entries()) await folder.put(`${index}.json`, text);
  await folder.put('last.json', '[{}]');
  const files = folder.watch();
  expect(await folder.names(1, files)).toEqual(['last.json']);
  await appendFile(join(folder.path, '2.json'), '] }\n');
  expect(await next(files)).toMatchObject({ path: join(folder.path, '2.json'), size: 15 });
  await appendFile(join(folder.path, '3.json'), '"c": [');
  await folder.put('last.json', '[{}]\n');
  expect(await folder.names(1, files)).toEqual(['last.json']);
  await files.return(undefined);
});

test('only the end of a file is read', async () => {
  await using folder = await tempFolder();
  await folder.put('big.json', `{"a":"${'x'.repeat(5_000_000)}"}${' '.repeat(4000)}`);
  await folder.put('endless.json', `{}${' '.repeat(5_000_000)}`);
  await folder.put('small.json');
  const read: number[] = [];
  const { open } = nodeFileSystem;
  vi.spyOn(nodeFileSystem, 'open').mockImplementation(async (...args) => {
    const handle = await open(...args);
    const { read: readHandle } = handle;
    handle.read = async (...how) => {
      read.push(how[2]);
      return await readHandle.apply(handle, how);
    };
    return handle;
  });
  const files = folder.watch();
  expect(await folder.names(2, files)).toEqual(['big.json', 'small.json']);
  expect(read).toEqual([4096, 4096, 2]);
  await files.return(undefined);
});

test('an export that another process writes slowly is given once, when it is complete', async () => {
  await using folder = await tempFolder();
  const files = folder.watch();
  const first = next(files);
  const path = join(folder.path, 'ChatExport_1.json');
  const child = startTypeScript(new URL('support/write-slowly.ts', import.meta.url), {
    args: [path, '60'],
  });
  const exit = once(child, 'exit');
  const given = await first;
  const text = await readFile(path, 'utf8');
  expect(given).toMatchObject({ path, size: text.length });
  expect(JSON.parse(text).messages).toHaveLength(121);
  expect(await exit).toEqual([0, null]);
  await folder.put('z.json');
  expect(await folder.names(1, files)).toEqual(['z.json']);
  await files.return(undefined);
});

test('a file that still changes is not given, though its JSON is closed', async () => {
  await using folder = await tempFolder();
  const path = await folder.put('a.json');
  await folder.put('b.json');
  const { lstat } = nodeFileSystem;
  let looks = 0;
  const growing = async (...args: [string]) => {
    if (args[0] === path) looks += 1;
    if (args[0] === path && looks <= 30) await appendFile(path, ' ');
    return await lstat(...args);
  };
  vi.spyOn(nodeFileSystem, 'lstat').mockImplementation(growing as typeof lstat);
  const files = folder.watch({ watch: deaf, settleMs: 10 });
  expect(await folder.names(1, files)).toEqual(['b.json']);
  expect(await next(files)).toMatchObject({ path, size: 32 });
  await files.return(undefined);
});

test('what no event tells is found at the next rescan', async () => {
  await using folder = await tempFolder();
  await folder.put('s/a.txt');
  await folder.put('a.json');
  const files = folder.watch({ watch: deaf, rescanMs: 30 });
  expect(await folder.names(1, files)).toEqual(['a.json']);
  await folder.put('b.json');
  expect(await folder.names(1, files)).toEqual(['b.json']);
  await folder.put('s/result.json');
  expect(await folder.names(1, files)).toEqual(['s/result.json']);
  await folder.put('a.json', '{"a":1}');
  expect(await folder.names(1, files)).toEqual(['a.json']);
  await files.return(undefined);
});

test('the folder may be absent, vanish and come back; what did not change is not given again', async () => {
  await using folder = await tempFolder();
  const away = join(folder.path, '../away');
  await rename(folder.path, away);
  let rescans = 0;
  const watch: typeof watchDirectory = (...args) => {
    rescans += 1;
    return watchDirectory(...args);
  };
  const twoRescans = async (): Promise<void> => {
    const until = rescans + 2;
    while (rescans < until) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const files = folder.watch({ watch, rescanMs: 20 });
  const first = folder.names(1, files);
  await twoRescans();
  await folder.put('a.json');
  expect(await first).toEqual(['a.json']);
  await rename(folder.path, `${away}2`);
  const second = folder.names(1, files);
  await twoRescans();
  await rename(`${away}2`, folder.path);
  await folder.put('b.json');
  expect(await second).toEqual(['b.json']);
  await rm(folder.path, { recursive: true });
  const third = folder.names(1, files);
  await twoRescans();
  await folder.put('a.json');
  expect(await third).toEqual(['a.json']);
  await files.return(undefined);
});

test('a file that can not be opened is tried again', async () => {
  await using folder = await tempFolder();
  for (const name of ['a.json', 'b.json']) await folder.put(name);
  const { open } = nodeFileSystem;
  let failures = 0;
  vi.spyOn(nodeFileSystem, 'open').mockImplementation(async (...args) => {
    if (basename(args[0]) === 'a.json' && failures < 3) {
      failures += 1;
      throw systemError('EBUSY', 'open');
    }
    return await open(...args);
  });
  const files = folder.watch({ watch: deaf, rescanMs: 30 });
  expect(await folder.names(2, files)).toEqual(['b.json', 'a.json']);
  expect(failures).toBe(3);
  await files.return(undefined);
});

test('leaving the loop and aborting close the watcher', async () => {
  await using folder = await tempFolder();
  await folder.put('a.json');
  const { watch, open } = counted();
  for await (const { path } of folder.watch({ watch })) {
    expect([basename(path), open()]).toEqual(['a.json', 1]);
    break;
  }
  expect(open()).toBe(0);
  const controller = new AbortController();
  const files = folder.watch({ watch, signal: controller.signal });
  await next(files);
  const end = files.next();
  controller.abort();
  expect(await end).toEqual({ done: true, value: undefined });
  expect(open()).toBe(0);
  expect(await collect(folder.watch({ watch, signal: controller.signal }))).toEqual([]);
});

test.each(['break', 'abort', 'drop'])('a process that watched exits by itself: %s', async (how) => {
  await using folder = await tempFolder();
  const path = await folder.put('a.json');
  const url = new URL('support/watch-until.ts', import.meta.url);
  expect(await runTypeScript(url, { args: ['folder', folder.path, how] })).toBe(path);
});
