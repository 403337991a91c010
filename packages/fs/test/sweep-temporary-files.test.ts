import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { link, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemError, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { openTemporary, sweepTemporaryFiles, temporaryName } from '../src/index.ts';
import { codesOf, watched } from './support/watched.ts';

const HOUR_MS = 60 * 60 * 1000;

test('the temporary files of a dead process go, those of a living one stay', async () => {
  await using dir = await tempDirectory();
  const dead = await leave(dir.path, { pid: await deadPid() });
  const own = await openTemporary(dir.path);
  const others = await leave(dir.path, { pid: process.ppid });
  await writeFile(join(dir.path, 'chat.json'), '{}');
  expect(await sweepTemporaryFiles(dir.path)).toEqual([dead]);
  expect((await readdir(dir.path)).sort()).toEqual(
    [others, own.path.slice(dir.path.length + 1), 'chat.json'].sort(),
  );
  await own.write('still of use');
  await own.publish(join(dir.path, 'b'));
});

test('those of another domain stay until they are old, whoever has that pid here', async () => {
  await using dir = await tempDirectory();
  const domain = '01234567';
  const names = [
    await leave(dir.path, { domain, pid: await deadPid() }),
    await leave(dir.path, { domain, pid: process.pid }),
  ];
  const now = Date.now();
  expect(await sweepTemporaryFiles(dir.path)).toEqual([]);
  expect(await sweepTemporaryFiles(dir.path, { now: now + 23 * HOUR_MS })).toEqual([]);
  const removed = await sweepTemporaryFiles(dir.path, { now: now + 25 * HOUR_MS });
  expect(removed.sort()).toEqual(names.sort());
  expect(await readdir(dir.path)).toEqual([]);
});

test('one with a living pid goes when it is old: the pid may be that of a later process', async () => {
  await using dir = await tempDirectory();
  const name = await leave(dir.path, { pid: process.pid });
  const ago = (Date.now() - HOUR_MS) / 1000;
  await utimes(join(dir.path, name), ago, ago);
  expect(await sweepTemporaryFiles(dir.path)).toEqual([]);
  expect(await sweepTemporaryFiles(dir.path, { maxAgeMs: 2 * HOUR_MS })).toEqual([]);
  expect(await sweepTemporaryFiles(dir.path, { maxAgeMs: HOUR_MS / 2 })).toEqual([name]);
});

test('other files stay, however old they are', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'chat.json'), '{}');
  await writeFile(join(dir.path, '.hidden.tmp'), '');
  expect(await sweepTemporaryFiles(dir.path, { now: Date.now() + 1_000 * HOUR_MS })).toEqual([]);
  expect(await readdir(dir.path)).toHaveLength(2);
});

test('a pid that can be none proves nothing', async () => {
  await using dir = await tempDirectory();
  // Number 0 would mean our own group to kill(); the greatest is beyond its range
  for (const pid of ['0000000', 'zzzzzzz']) {
    const name = temporaryName().replace(/-[0-9a-z]{7}-/, `-${pid}-`);
    await writeFile(join(dir.path, name), '');
  }
  expect(await sweepTemporaryFiles(dir.path)).toEqual([]);
});

test('a finished write loses nothing but its second name', async () => {
  await using dir = await tempDirectory();
  const name = await leave(dir.path, { pid: await deadPid() });
  // As after a kill between link() and unlink()
  await link(join(dir.path, name), join(dir.path, 'chat.json'));
  expect(await sweepTemporaryFiles(dir.path)).toEqual([name]);
  expect(await readFile(join(dir.path, 'chat.json'), 'utf8')).toBe('half');
});

test('directories and links of such a name are not touched', async () => {
  await using dir = await tempDirectory();
  const pid = await deadPid();
  await mkdir(join(dir.path, nameOf({ pid })));
  await symlink('nowhere', join(dir.path, nameOf({ pid })));
  expect(await sweepTemporaryFiles(dir.path)).toEqual([]);
  expect(await readdir(dir.path)).toHaveLength(2);
});

test('what others remove meanwhile is no error', async () => {
  const pid = await deadPid();
  for (const raced of ['lstat', 'unlink']) {
    await using dir = await tempDirectory();
    await leave(dir.path, { pid });
    await leave(dir.path, { pid });
    let races = 0;
    const { fileSystem } = watched(({ name, args: [path] }) =>
      name === raced && races++ === 0
        ? async (real) => {
            await rm(String(path));
            return await real(path);
          }
        : undefined,
    );
    expect(await sweepTemporaryFiles(dir.path, { fileSystem })).toHaveLength(1);
    expect(await readdir(dir.path)).toEqual([]);
  }
});

test('it goes through all files, then throws what failed', async () => {
  await using dir = await tempDirectory();
  const pid = await deadPid();
  for (let index = 0; index < 5; index++) await leave(dir.path, { pid });
  let failures = 0;
  const { fileSystem } = watched(({ name }) => {
    if (name === 'unlink' && failures++ < 2) throw systemError('EACCES');
    return undefined;
  });
  const error = await sweepTemporaryFiles(dir.path, { fileSystem }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(AggregateError);
  expect(codesOf(error)).toEqual(['EACCES', 'EACCES']);
  expect(await readdir(dir.path)).toHaveLength(2);
  const missing = sweepTemporaryFiles(join(dir.path, 'missing'));
  await expect(missing).rejects.toMatchObject({ code: 'ENOENT' });
});

async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

function nameOf({ domain, pid }: { domain?: string; pid: number }): string {
  const name = temporaryName().replace(/-[0-9a-z]{7}-/, `-${pid.toString(36).padStart(7, '0')}-`);
  return domain === undefined ? name : name.replace(/-[0-9a-f]{8}-/, `-${domain}-`);
}

async function leave(directory: string, owner: { domain?: string; pid: number }): Promise<string> {
  const name = nameOf(owner);
  await writeFile(join(directory, name), 'half');
  return name;
}
