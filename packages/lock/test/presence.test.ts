import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runTypeScript, startTypeScript, tempDirectory } from '@tgstore/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { knock, type Presence, showPresence, silenceMs } from '../src/presence.ts';
import { bootTag } from '../src/process-token.ts';
import { canMount, mountDisk } from './support/read-only.ts';

const PROGRAM = new URL('support/show-presence.ts', import.meta.url);
const DAY_MS = 24 * 60 * 60 * 1000;

/** Starts a process that shows its presence and stays; resolves to it and the name of its file. */
async function startPresent(directory: string): Promise<{ child: ChildProcess; name: string }> {
  const child = startTypeScript(PROGRAM, { args: [directory, 'stay'] });
  const [data] = await once(child.stdout ?? child, 'data');
  return { child, name: String(data) };
}

async function nameOf(presence: Promise<Presence | undefined>): Promise<string> {
  return (await presence)?.name ?? 'none';
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}

async function listen(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
}

describe.runIf(process.platform === 'linux')('a socket', () => {
  test('is made under a name that tells of the boot, and answers', async () => {
    await using dir = await tempDirectory();
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
    expect(name).toMatch(new RegExp(`^process\\.${bootTag('boot')}-[0-9a-f]{16}$`));
    expect(await readdir(dir.path)).toEqual([name]);
    expect((await lstat(join(dir.path, name))).isSocket()).toBe(true);
    for (let times = 0; times < 5; times += 1) expect(await knock(dir.path, name)).toBe('alive');
  });

  test('of a killed process refuses, and is swept by the next one that shows itself', async () => {
    await using dir = await tempDirectory();
    const { child, name } = await startPresent(dir.path);
    expect(await knock(dir.path, name)).toBe('alive');
    await kill(child);
    expect(await knock(dir.path, name)).toBe('dead');
    expect(await readdir(dir.path)).toEqual([name]);
    const next = await startPresent(dir.path);
    expect(await readdir(dir.path)).toEqual([next.name]);
    await kill(next.child);
  });

  test('of a stopped process answers, however often it is knocked at', async () => {
    await using dir = await tempDirectory();
    const { child, name } = await startPresent(dir.path);
    child.kill('SIGSTOP');
    const answers = new Set<string>();
    // more than wait in line there
    for (let times = 0; times < 700; times += 1) answers.add(await knock(dir.path, name));
    expect([...answers]).toEqual(['alive']);
    await kill(child);
    expect(await knock(dir.path, name)).toBe('dead');
  });

  test.each(['return', 'exit', 'throw'])(
    'is gone when its process ends by %s, which it does not hold up',
    async (how) => {
      await using dir = await tempDirectory();
      const child = startTypeScript(PROGRAM, {
        args: [dir.path, how],
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const [[data]] = await Promise.all([
        once(child.stdout ?? child, 'data'),
        once(child, 'exit'),
      ]);
      const [name = ''] = String(data).split(' ');
      expect(name).toMatch(/^process\./);
      expect(await readdir(dir.path)).toEqual([]);
      expect(await knock(dir.path, name)).toBe('dead');
    },
  );

  test('that is still needed stays until nothing can be done any more in its process', async () => {
    await using dir = await tempDirectory();
    const ends = (kind: string): Promise<string> =>
      runTypeScript(PROGRAM, { args: [dir.path, 'return', kind] });
    expect(await ends('needed')).toMatch(/^process.* there$/);
    expect(await ends('not needed')).toMatch(/^process.* gone$/);
    for (const name of await readdir(dir.path)) expect(await knock(dir.path, name)).toBe('dead');
  });

  test('can be removed by somebody else without harm to the end of its process', async () => {
    await using dir = await tempDirectory();
    expect(await runTypeScript(PROGRAM, { args: [dir.path, 'remove'] })).toMatch(/^process\./);
  });

  test('works in a directory whose path is longer than that of a socket may be', async () => {
    await using dir = await tempDirectory();
    const deep = join(dir.path, 'long-name-'.repeat(15), 'long-name-'.repeat(15));
    await mkdir(deep, { recursive: true });
    const name = await nameOf(showPresence(deep, 'boot', { sockets: true }));
    expect(await readdir(deep)).toEqual([name]);
    expect(await knock(deep, name)).toBe('alive');
    expect(await knock(deep, `process.${bootTag('boot')}-0000000000000000`)).toBe('dead');
  });

  test.runIf(canMount)('that can not be made is undefined (needs root)', async () => {
    await using dir = await tempDirectory();
    using disk = await readOnly(dir);
    expect(await showPresence(disk.path, 'boot', { sockets: true })).toBeUndefined();
  });

  test.runIf(canMount)('that can not be made leaves no file open (needs root)', async () => {
    await using dir = await tempDirectory();
    using disk = await readOnly(dir);
    const before = (await readdir('/proc/self/fd')).length;
    for (let times = 0; times < 20; times += 1)
      await showPresence(disk.path, 'boot', { sockets: true });
    expect((await readdir('/proc/self/fd')).length - before).toBeLessThan(10);
  });

  test('that can not be given its name is undefined, and leaves nothing', async () => {
    await using dir = await tempDirectory();
    const program = new URL('support/show-presence-broken.ts', import.meta.url);
    expect(
      await runTypeScript(program, { args: [dir.path], stdio: ['ignore', 'pipe', 'ignore'] }),
    ).toBe('none');
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('answers once for each that knocks, and leaves no file open', async () => {
    await using dir = await tempDirectory();
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
    await knock(dir.path, name);
    const before = (await readdir('/proc/self/fd')).length;
    for (let times = 0; times < 20; times += 1) await knock(dir.path, name);
    // those that were just closed may still be counted
    expect((await readdir('/proc/self/fd')).length - before).toBeLessThan(20);
  });

  test('a name that is no presence is not knocked at', async () => {
    await using dir = await tempDirectory();
    await listen(join(dir.path, 'other.sock'));
    for (const name of ['other.sock', '../other.sock', '..', '', 'process.x', 'process.a/../b'])
      expect(await knock(dir.path, name), name).toBe('unknown');
  });

  test('a plain file in its place proves nothing: it may be the heartbeat of a living process', async () => {
    await using dir = await tempDirectory();
    const name = `process.${bootTag('boot')}-0000000000000001`;
    await writeFile(join(dir.path, name), '.');
    expect(await knock(dir.path, name)).toBe('unknown');
  });

  test('a directory that is gone is said to be so', async () => {
    await using dir = await tempDirectory();
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
    await rm(dir.path, { recursive: true });
    await expect(knock(dir.path, name)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('that is hidden is gone and refuses, as often as it is hidden, and leaves no file open', async () => {
    await using dir = await tempDirectory();
    const stays = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
    const before = (await readdir('/proc/self/fd')).length;
    for (let times = 0; times < 20; times += 1) {
      const presence = await showPresence(dir.path, 'boot', { sockets: true });
      presence?.hide();
      presence?.hide();
      expect(await knock(dir.path, presence?.name ?? '')).toBe('dead');
    }
    expect(await readdir(dir.path)).toEqual([stays]);
    expect(await knock(dir.path, stays)).toBe('alive');
    expect((await readdir('/proc/self/fd')).length - before).toBeLessThan(10);
  });

  test('a process in many directories has few listeners for its end', async () => {
    const before = process.listenerCount('exit');
    for (let times = 0; times < 12; times += 1) {
      await using dir = await tempDirectory();
      await showPresence(dir.path, 'boot', { sockets: true });
    }
    // from the eleventh on, Node warns of a leak
    expect(process.listenerCount('exit') - before).toBeLessThan(5);
  });
});

describe('the sweep of a process that shows itself', () => {
  test.runIf(process.platform === 'linux')(
    'leaves what answers, and what is not its own',
    async () => {
      await using dir = await tempDirectory();
      const living = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
      const other = [
        'gate',
        'v1-00',
        'process.txt',
        `process.${bootTag('boot')}`,
        'process.x.time',
      ];
      for (const name of other) await writeFile(join(dir.path, name), '');
      for (const name of other) await utimes(join(dir.path, name), 0, 0);
      const self = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
      expect(await readdir(dir.path)).toEqual([living, self, ...other].sort());
    },
  );

  test.runIf(process.platform === 'linux')(
    'leaves a socket that answers, however old it is and whatever boot it names',
    async () => {
      await using dir = await tempDirectory();
      // as in a container that has a boot id of its own
      const name = await nameOf(showPresence(dir.path, 'boot of a container', { sockets: true }));
      await utimes(join(dir.path, name), 0, 0);
      await showPresence(dir.path, 'boot', { sockets: true });
      expect(await knock(dir.path, name)).toBe('alive');
    },
  );

  test.runIf(process.platform === 'linux')(
    'leaves a socket of another boot until it is a day old',
    async () => {
      await using dir = await tempDirectory();
      const name = `process.${bootTag('former')}-00000000000000aa`;
      const path = join(dir.path, name);
      // nobody listens there any more
      const child = spawn(process.execPath, [
        '-e',
        `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log())`,
      ]);
      await once(child.stdout, 'data');
      await kill(child);
      await showPresence(dir.path, 'boot', { sockets: true });
      expect(await readdir(dir.path)).toContain(name);
      const old = new Date(Date.now() - DAY_MS - 60_000);
      await utimes(path, old, old);
      await showPresence(dir.path, 'boot', { sockets: true });
      expect(await readdir(dir.path)).not.toContain(name);
    },
  );

  test.runIf(process.platform === 'linux')(
    'leaves a socket that has no name yet until it is a day old',
    async () => {
      await using dir = await tempDirectory();
      const fresh = `process.${bootTag('boot')}-0000000000000001.new`;
      const old = `process.${bootTag('boot')}-0000000000000002.new`;
      await listen(join(dir.path, fresh));
      await listen(join(dir.path, old));
      const time = new Date(Date.now() - DAY_MS - 60_000);
      await utimes(join(dir.path, old), time, time);
      const self = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
      expect(await readdir(dir.path)).toEqual([fresh, self].sort());
    },
  );

  test('leaves a heartbeat until it is a day old, also one of this boot', async () => {
    await using dir = await tempDirectory();
    const ages = [
      ['0000000000000001', 60_000],
      ['0000000000000002', DAY_MS - 60_000],
      ['0000000000000003', DAY_MS + 60_000],
    ] as const;
    for (const [nonce, age] of ages) {
      const path = join(dir.path, `process.${bootTag('boot')}-${nonce}`);
      await writeFile(path, '.');
      const time = new Date(Date.now() - age);
      await utimes(path, time, time);
    }
    const self = await nameOf(showPresence(dir.path, 'boot', { sockets: false }));
    expect(await readdir(dir.path)).toEqual(
      [
        self,
        `process.${bootTag('boot')}-0000000000000001`,
        `process.${bootTag('boot')}-0000000000000002`,
      ].sort(),
    );
  });

  test.runIf(process.platform === 'linux')(
    'removes a queue that was not made to its end, but for one whose maker lives',
    async () => {
      await using dir = await tempDirectory();
      const living = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
      const unfinished = (maker: string): string => `v1-0a.${maker}.0123456789abcdef.new`;
      const gone = `process.${bootTag('boot')}-0000000000000001`;
      const heartbeat = `process.${bootTag('boot')}-0000000000000002`;
      await writeFile(join(dir.path, heartbeat), '.');
      const all = [living, gone, heartbeat, 'process'].map(unfinished);
      for (const name of all) await mkdir(join(dir.path, name));
      for (const name of all) await writeFile(join(dir.path, name, 'tail.0.none'), '');
      const self = await nameOf(showPresence(dir.path, 'boot', { sockets: true }));
      const left = [living, heartbeat, 'process'].map(unfinished);
      expect(await readdir(dir.path)).toEqual([living, self, heartbeat, ...left].sort());
    },
  );

  test('is stopped by nothing that it meets', async () => {
    await using dir = await tempDirectory();
    const name = `process.${bootTag('boot')}-0000000000000001`;
    await mkdir(join(dir.path, name));
    await utimes(join(dir.path, name), 0, 0);
    expect(await showPresence(dir.path, 'boot', { sockets: false })).toBeDefined();
    expect(await readdir(dir.path)).toContain(name);
  });
});

describe('a heartbeat', () => {
  test('is a file that is written anew every 20 seconds, also after somebody removed it', async () => {
    await using dir = await tempDirectory();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets: false }));
    const path = join(dir.path, name);
    expect((await lstat(path)).isFile()).toBe(true);
    await rm(path);
    vi.advanceTimersByTime(19_000);
    await new Promise(setImmediate);
    expect(await readdir(dir.path)).toEqual([]);
    vi.advanceTimersByTime(1000);
    while ((await readdir(dir.path)).length === 0) await new Promise(setImmediate);
    expect(await readdir(dir.path)).toEqual([name]);
  });

  test('that is hidden is gone, and does not come back', async () => {
    await using dir = await tempDirectory();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const presence = await showPresence(dir.path, 'boot', { sockets: false });
    expect(vi.getTimerCount()).toBe(1);
    presence?.hide();
    expect(vi.getTimerCount()).toBe(0);
    expect(await readdir(dir.path)).toEqual([]);
  });

  test('that can not be written any more throws nothing', async () => {
    await using dir = await tempDirectory();
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    await showPresence(dir.path, 'boot', { sockets: false });
    await rm(dir.path, { recursive: true });
    vi.advanceTimersByTime(60_000);
    // an unhandled rejection fails the run
    for (let turn = 0; turn < 10; turn += 1) await readdir('.');
  });

  test('is gone when its process ends, which it does not hold up', async () => {
    await using dir = await tempDirectory();
    const name = await runTypeScript(PROGRAM, { args: [dir.path, 'return', 'heartbeat'] });
    expect(name).toMatch(/^process\./);
    expect(await readdir(dir.path)).toEqual([]);
  });

  test.runIf(canMount)('that can not be made is undefined (needs root)', async () => {
    await using dir = await tempDirectory();
    using disk = await readOnly(dir);
    expect(await showPresence(disk.path, 'boot', { sockets: false })).toBeUndefined();
  });

  test('tells for how long nothing was heard, whatever the clock of this process says', async () => {
    await using dir = await tempDirectory();
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets: false }));
    const path = join(dir.path, name);
    const hourAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, hourAgo, hourAgo);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DAY_MS });
    onTestFinished(() => void vi.useRealTimers());
    const silence = await silenceMs(dir.path, name);
    expect(silence).toBeGreaterThanOrEqual(3_600_000 - 10);
    expect(silence).toBeLessThan(3_600_000 + 600_000);
    expect(await readdir(dir.path)).toEqual([name]);
  });

  test('that is gone tells nothing, and the question leaves nothing', async () => {
    await using dir = await tempDirectory();
    expect(
      await silenceMs(dir.path, `process.${bootTag('boot')}-0000000000000001`),
    ).toBeUndefined();
    expect(await readdir(dir.path)).toEqual([]);
  });
});

/** A directory in which nobody can make a file, not even root. */
async function readOnly(dir: { readonly path: string }): Promise<{ path: string } & Disposable> {
  const path = join(dir.path, 'read-only');
  await mkdir(path);
  const mounted = mountDisk(path);
  mounted.makeReadOnly();
  return { path, [Symbol.dispose]: () => mounted[Symbol.dispose]() };
}

test.runIf(process.platform === 'linux').each([true, false])(
  'others may not read it (a socket: %s)',
  async (sockets) => {
    await using dir = await tempDirectory();
    const name = await nameOf(showPresence(dir.path, 'boot', { sockets }));
    expect((await lstat(join(dir.path, name))).mode & 0o777).toBe(0o600);
  },
);
