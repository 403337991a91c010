import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { temporaryName } from '@tgstore/fs';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { hashFile } from '../src/hash-file.ts';
import { directoryContents } from '../src/index.ts';
import { openFilesBelow } from './support/open-files.ts';
import { treeOf } from './support/tree.ts';

test('the files of a directory come in the order of their names, whole', async () => {
  await using dir = await tempDirectory();
  const files = {
    'b.json': 'bb',
    'a.json': '',
    'größe 😀': 'x'.repeat(3_000_000),
    '10': '1',
    '9': '',
    // these two are in another order as bytes
    '😀': '1',
    ａ: '2',
  };
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir.path, name), content);
  }
  const found: [string, number, string][] = [];
  for await (const opened of directoryContents(dir.path).snapshots()) {
    await using snapshot = opened;
    found.push([snapshot.name, snapshot.size, (await buffer(snapshot.bytes())).toString()]);
  }
  expect(found).toEqual(
    Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, content]) => [name, Buffer.byteLength(content), content]),
  );
});

test.skipIf(process.platform === 'win32')(
  'hidden files, temporary files, directories, links, pipes and a manifest are left out',
  { timeout: 10_000 },
  async () => {
    await using dir = await tempDirectory();
    for (const name of ['a.json', '.hidden', temporaryName(), 'manifest.json']) {
      await writeFile(join(dir.path, name), 'x');
    }
    await mkdir(join(dir.path, 'directory'));
    await symlink('a.json', join(dir.path, 'link'));
    await symlink('nowhere', join(dir.path, 'dangling'));
    execFileSync('mkfifo', [join(dir.path, 'pipe')]);
    expect(await namesOf(dir.path)).toEqual(['a.json']);
  },
);

test('a file that goes while the others are read is left out', async () => {
  await using dir = await tempDirectory();
  for (const name of ['a', 'b', 'c']) await writeFile(join(dir.path, name), name);
  const names: string[] = [];
  for await (const opened of directoryContents(dir.path).snapshots()) {
    await using snapshot = opened;
    names.push(snapshot.name);
    if (snapshot.name === 'a') execFileSync('rm', [join(dir.path, 'b')]);
  }
  expect(names).toEqual(['a', 'c']);
});

test('a directory that is not there is an error', async () => {
  await using dir = await tempDirectory();
  await expect(namesOf(join(dir.path, 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a snapshot ends where the file ended when it was opened, or where it ends now', async () => {
  await using dir = await tempDirectory();
  for (const name of ['grows', 'shrinks']) await writeFile(join(dir.path, name), 'content');
  for await (const opened of directoryContents(dir.path).snapshots()) {
    await using snapshot = opened;
    if (snapshot.name === 'grows') await appendFile(join(dir.path, 'grows'), ' and more');
    else await truncate(join(dir.path, 'shrinks'), 3);
    const content = (await buffer(snapshot.bytes())).toString();
    expect([snapshot.size, content]).toEqual([7, snapshot.name === 'grows' ? 'content' : 'con']);
  }
});

test('a snapshot can be read twice', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), 'content');
  for await (const opened of directoryContents(dir.path).snapshots()) {
    await using snapshot = opened;
    for (const _ of [1, 2]) expect(`${await buffer(snapshot.bytes())}`).toBe('content');
  }
});

test('a snapshot whose reader gives up can be closed', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), Buffer.alloc(5_000_000));
  for await (const opened of directoryContents(dir.path).snapshots()) {
    await using snapshot = opened;
    for await (const _chunk of snapshot.bytes()) break;
  }
  expect(openFilesBelow(dir.path)).toEqual([]);
});

test('only plain names are accepted, and not that of the manifest', () => {
  const { accepts } = directoryContents('/data');
  for (const name of ['a.json', '__proto__']) expect(accepts(name)).toBe(true);
  for (const name of ['../a', 'a/b', '.a', '', 'con', 'manifest.json']) {
    expect(accepts(name)).toBe(false);
  }
});

test('put restores what is missing, and leaves what is the same or must not be replaced', async () => {
  await using dir = await tempDirectory();
  const contents = directoryContents(dir.path);
  const put = async (content: string, overwrite: boolean) => {
    const path = join(dir.path, '.unpacked');
    await writeFile(path, content);
    const file = { name: 'a', size: content.length, sha256: (await hashFile(path)) ?? '', path };
    const aside: string[] = [];
    const putAside = async (replaced: string) => {
      aside.push(replaced, await readFile(replaced, 'utf8'));
    };
    const before = treeOf(dir.path);
    const expected = await contents.wouldPut(file, { overwrite });
    expect(treeOf(dir.path)).toEqual(before);
    const result = await contents.put(file, { overwrite, putAside });
    expect(result).toBe(expected);
    return [result, ...aside];
  };
  const target = join(dir.path, 'a');
  expect(await put('first', false)).toEqual(['restored']);
  expect(await put('first', true)).toEqual(['unchanged']);
  expect(await put('other', false)).toEqual(['existing']);
  expect(await readFile(target, 'utf8')).toBe('first');
  // before it is replaced, not after
  expect(await put('other', true)).toEqual(['replaced', target, 'first']);
  expect(await readFile(target, 'utf8')).toBe('other');
});

test('a file is left as it is where it can not be put aside', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'a'), 'old');
  await writeFile(join(dir.path, '.unpacked'), 'new');
  const file = { name: 'a', size: 3, sha256: '', path: join(dir.path, '.unpacked') };
  const putAside = () => Promise.reject(new Error('no links'));
  const putting = directoryContents(dir.path).put(file, { overwrite: true, putAside });
  await expect(putting).rejects.toThrow('no links');
  expect(await readFile(join(dir.path, 'a'), 'utf8')).toBe('old');
});

async function namesOf(directory: string): Promise<string[]> {
  const names: string[] = [];
  for await (const opened of directoryContents(directory).snapshots()) {
    await using snapshot = opened;
    names.push(snapshot.name);
  }
  return names;
}
