import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import {
  describeProcessGroup,
  describeSelf,
  isProvedDead,
  type ProcessToken,
} from '../src/index.ts';
import { describeProcess } from '../src/process-token.ts';
import { deadToken, foreignToken, ownToken } from './support/tokens.ts';

/** Starts a process that describes itself and stays; resolves to it and its token. */
async function startDescribed(directory = '') {
  const child = startTypeScript(new URL('support/describe-self.ts', import.meta.url), {
    args: [directory],
  });
  const [data] = await once(child.stdout ?? child, 'data');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { token: JSON.parse(String(data)) as ProcessToken, kill };
}

describe('without a directory', () => {
  test('a token names this process, and it is not proved dead', async () => {
    const token = await describeSelf();
    expect(token).toEqual({ ...describeProcess(), directory: null, presence: null });
    expect(await isProvedDead(token)).toBe(false);
  });

  test('a process is proved dead once it is, by a token that was kept as text', async () => {
    const { token, kill } = await startDescribed();
    expect(token.pid).not.toBe(process.pid);
    expect(await isProvedDead(token)).toBe(false);
    await kill();
    expect(await isProvedDead(token)).toBe(true);
  });

  test('nothing is proved of other machines, and of other namespaces', async () => {
    expect(await isProvedDead(foreignToken())).toBe(false);
    expect(await isProvedDead(deadToken({ namespace: 'pid:[1]', presence: 'process.x' }))).toBe(
      false,
    );
  });

  test('a former boot of this machine is proved dead', async () => {
    expect(await isProvedDead(ownToken({ boot: 'before' }))).toBe(process.platform === 'linux');
  });

  test('a token of another process that has the pid now is proved dead', async () => {
    expect(await isProvedDead(ownToken({ start: '0' }))).toBe(process.platform !== 'win32');
  });

  test('the inode of a directory is not compared', async () => {
    expect(await isProvedDead(ownToken({ directory: '1' }))).toBe(false);
  });
});

describe('with a directory', () => {
  test('a token names it and a presence in it, always the same', async () => {
    await using dir = await tempDirectory();
    const directory = join(dir.path, 'locks');
    const token = await describeSelf({ directory });
    expect(token).toMatchObject(describeProcess());
    expect(token.directory).toMatch(/^\d+$/);
    expect(await readdir(directory)).toEqual([token.presence]);
    expect(await describeSelf({ directory: `${dir.path}/./locks` })).toEqual(token);
    expect(await isProvedDead(token, { directory })).toBe(false);
  });

  test('a process is proved dead once it is', async () => {
    await using dir = await tempDirectory();
    const { token, kill } = await startDescribed(dir.path);
    expect(await isProvedDead(token, { directory: dir.path })).toBe(false);
    await kill();
    expect(await isProvedDead(token, { directory: dir.path })).toBe(true);
    expect(await readdir(dir.path)).toEqual([token.presence]);
  });

  test.runIf(process.platform === 'linux')(
    'a process in another namespace is proved dead once it is',
    async () => {
      await using dir = await tempDirectory();
      const { token, kill } = await startDescribed(dir.path);
      // as seen from here, its pid is that of this very process
      const elsewhere = { ...token, namespace: 'pid:[1]', pid: process.pid };
      expect(await isProvedDead(elsewhere, { directory: dir.path })).toBe(false);
      await kill();
      expect(await isProvedDead(elsewhere, { directory: dir.path })).toBe(true);
    },
  );

  test('a token in a copy of the directory is void', async () => {
    await using dir = await tempDirectory();
    const directory = join(dir.path, 'locks');
    const copy = join(dir.path, 'copy');
    const token = await describeSelf({ directory });
    await mkdir(copy);
    expect(await isProvedDead(token, { directory: copy })).toBe(true);
    await rm(copy, { recursive: true });
    await cp(directory, copy, { recursive: true, filter: (from) => !from.includes('process.') });
    expect(await isProvedDead(token, { directory: copy })).toBe(true);
    expect(await isProvedDead(token, { directory })).toBe(false);
  });

  test('that is missing, nothing is proved, and nothing is made', async () => {
    await using dir = await tempDirectory();
    const directory = join(dir.path, 'missing');
    await expect(isProvedDead(ownToken(), { directory })).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await readdir(dir.path)).toEqual([]);
  });
});

describe.runIf(process.platform !== 'win32')('a process group', () => {
  test('lives until its last member has ended', async () => {
    await using dir = await tempDirectory();
    // the leader ends at once; what it started in the background goes on
    const leader = spawn('sleep 600 & echo $!', {
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    // at once: Node throws away what nobody has read when the child exits
    const ended = once(leader, 'exit');
    const said = once(leader.stdout, 'data');
    const token = await describeProcessGroup(leader.pid as number, { directory: dir.path });
    expect(token).toMatchObject({ pid: leader.pid, group: true, presence: null });
    const [data] = await said;
    await ended;
    expect(await isProvedDead(token, { directory: dir.path })).toBe(false);
    process.kill(Number(String(data)), 'SIGKILL');
    await expect
      .poll(() => isProvedDead(token, { directory: dir.path }), { timeout: 10_000 })
      .toBe(true);
  });
});
