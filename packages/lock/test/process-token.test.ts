import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { bootTag, describeProcess, nodeSystem, startOf, statOf } from '../src/process-token.ts';
import { fakeSystem, statText } from './support/fake-system.ts';
import { until } from './support/until.ts';

const onLinux = process.platform === 'linux';

describe('/proc/<pid>/stat', () => {
  const NAMES = [
    'node',
    'Web Content',
    'a) Z 1 2 3',
    '(sd-pam)',
    ') ) (',
    'x) S 4 5',
    '',
    'line\nfeed',
  ];

  test.each(NAMES)('is read past the name %j', (name) => {
    const files = { '/proc/7/stat': statText(7, { name, state: 'D', start: '987654' }) };
    expect(statOf(7, fakeSystem({ files }))).toMatchObject({ state: 'D', start: '987654' });
    expect(startOf(7, fakeSystem({ files }))).toBe('987654');
  });

  test('is read for one thread where one is given', () => {
    const files = {
      '/proc/7/stat': statText(7, { start: '1' }),
      '/proc/7/task/9/stat': statText(9, { start: '2' }),
    };
    expect(startOf(7, fakeSystem({ files }), 9)).toBe('2');
    expect(startOf(7, fakeSystem({ files }), 10)).toBeUndefined();
  });

  test.each([undefined, '', '7', '7 (node)', '7 (node) S 1 2 3'])(
    'says nothing where it is %j',
    (text) => {
      const files: Record<string, string> = text === undefined ? {} : { '/proc/7/stat': text };
      expect(statOf(7, fakeSystem({ files }))).toBeUndefined();
    },
  );

  test('is not looked for where /proc is that of another pid namespace', () => {
    const files = { '/proc/7/stat': statText(7, { start: '1' }) };
    const where = (pids: string) =>
      fakeSystem({
        pid: 7,
        files: { ...files, '/proc/self/status': `Name:\tnode\nNSpid:\t${pids}\n` },
      });
    expect(startOf(7, where('7'))).toBe('1');
    expect(startOf(7, where('55\t7'))).toBeUndefined();
    expect(statOf(7, where('55\t7'))).toBeUndefined();
    expect(describeProcess(where('7\t7')).start).toBeNull();
  });

  test('is not looked for outside of Linux', () => {
    const files = { '/proc/7/stat': statText(7) };
    expect(statOf(7, fakeSystem({ platform: 'darwin', files }))).toBeUndefined();
    expect(startOf(7, fakeSystem({ platform: 'win32', files }))).toBeUndefined();
  });
});

describe.runIf(onLinux)('on this machine', () => {
  test('a process says what the system knows of it', () => {
    expect(describeProcess()).toEqual({
      machine: readFileSync('/etc/machine-id', 'utf8').trim(),
      boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
      namespace: `${readlinkSync('/proc/self/ns/pid')} ${readlinkSync('/proc/self/ns/time')}`,
      pid: process.pid,
      start: expect.stringMatching(/^\d+$/),
      thread: null,
      host: hostname(),
    });
  });

  test('two looks at one process agree, and two processes differ', async () => {
    expect(describeProcess()).toEqual(describeProcess());
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const start = startOf(child.pid ?? 0, nodeSystem);
    expect(Number(start)).toBeGreaterThanOrEqual(Number(describeProcess().start));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(startOf(child.pid ?? 0, nodeSystem)).toBeUndefined();
  });

  test('a process whose program has spaces and parentheses in its name is read like any other', async () => {
    const setTitle = 'process.title = ") Z 1 (x"; process.send("up"); setInterval(() => {}, 1000)';
    const child = spawn(process.execPath, ['-e', setTitle], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await once(child, 'message');
    const stat = statOf(child.pid ?? 0, nodeSystem);
    expect(readFileSync(`/proc/${child.pid}/stat`, 'utf8')).toContain('() Z 1 (x)');
    expect(stat?.state).toMatch(/^[RS]$/);
    expect(stat?.start).toMatch(/^\d+$/);
    child.kill('SIGKILL');
    await once(child, 'close');
  });

  test('a zombie is seen as one until it is waited for', async () => {
    // the shell becomes a program that never waits for its child
    const shell = spawn('/bin/sh', ['-c', 'sleep 100 & echo $!; exec sleep 100'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(shell.stdout, 'data');
    const pid = Number(line);
    await until(() => readFileSync(`/proc/${shell.pid}/comm`, 'utf8') === 'sleep\n');
    expect(statOf(pid, nodeSystem)?.state).not.toBe('Z');
    process.kill(pid, 'SIGKILL');
    await until(() => statOf(pid, nodeSystem)?.state === 'Z');
    shell.kill('SIGKILL');
    await once(shell, 'close');
  });

  test('a thread finds its own entry, and that of a worker is gone when it has ended', async () => {
    const inThread = describeProcess({ ...nodeSystem, isMainThread: false });
    const start = startOf(process.pid, nodeSystem);
    expect(inThread.thread).toEqual({ id: process.pid, start });

    const tellId = `
      const { parentPort } = require('node:worker_threads');
      parentPort.postMessage(require('node:fs').readlinkSync('/proc/thread-self'));
      parentPort.on('message', () => {});`;
    const worker = new Worker(tellId, { eval: true });
    const [link] = await once(worker, 'message');
    const look = () => startOf(process.pid, nodeSystem, Number(String(link).split('/').at(-1)));
    expect(Number(look())).toBeGreaterThanOrEqual(Number(start));
    await worker.terminate();
    // the kernel removes it a moment later
    await until(() => look() === undefined);
  });

  test('a signal to a process that is there does nothing to it, to another one it is ESRCH', () => {
    expect(() => nodeSystem.probe(process.pid)).not.toThrow();
    const { pid } = spawnSync(process.execPath, ['--version']);
    expect(() => nodeSystem.probe(pid)).toThrow(expect.objectContaining({ code: 'ESRCH' }));
  });

  test('what can not be read or run is undefined', () => {
    expect(nodeSystem.readText('/proc/self/nothing')).toBeUndefined();
    expect(nodeSystem.readLink('/proc/self/nothing')).toBeUndefined();
    expect(nodeSystem.run('no-such-command-anywhere')).toBeUndefined();
    expect(nodeSystem.run(process.execPath, '-e', 'process.exit(1)')).toBeUndefined();
    expect(nodeSystem.run(process.execPath, '-p', '"  text  "')).toBe('text');
  });
});

describe('on Linux, as shown by a seam', () => {
  const FILES = {
    '/etc/machine-id': 'machine',
    '/var/lib/dbus/machine-id': 'dbus',
    '/proc/sys/kernel/random/boot_id': 'boot',
    '/proc/7/stat': statText(7, { start: '100' }),
    '/proc/7/task/9/stat': statText(9, { start: '200' }),
  };
  const LINKS = { '/proc/self/ns/pid': 'pid:[1]', '/proc/self/ns/time': 'time:[2]' };

  test('the machine is named by systemd, else by dbus', () => {
    const system = (files: Record<string, string>) => fakeSystem({ pid: 7, files });
    expect(describeProcess(system(FILES)).machine).toBe('machine');
    expect(describeProcess(system({ ...FILES, '/etc/machine-id': '' })).machine).toBe('dbus');
    expect(describeProcess(system({})).machine).toBeNull();
  });

  test('without /proc a process knows its pid and its host', () => {
    expect(describeProcess(fakeSystem({ pid: 7 }))).toEqual({
      machine: null,
      boot: null,
      namespace: null,
      pid: 7,
      start: null,
      thread: null,
      host: 'alpha',
    });
  });

  test('an old kernel has no time namespace', () => {
    const links = { '/proc/self/ns/pid': 'pid:[1]' };
    expect(describeProcess(fakeSystem({ pid: 7, links })).namespace).toBe('pid:[1]');
    expect(describeProcess(fakeSystem({ pid: 7, links: LINKS })).namespace).toBe(
      'pid:[1] time:[2]',
    );
  });

  test('a worker thread is found by its own entry, and where that is missing it has none', () => {
    const inThread = { pid: 7, isMainThread: false, files: FILES };
    const links = { ...LINKS, '/proc/thread-self': '7/task/9' };
    expect(describeProcess(fakeSystem({ ...inThread, links })).thread).toEqual({
      id: 9,
      start: '200',
    });
    expect(describeProcess(fakeSystem({ ...inThread, links: LINKS })).thread).toBeNull();
    const gone = { ...LINKS, '/proc/thread-self': '7/task/10' };
    expect(describeProcess(fakeSystem({ ...inThread, links: gone })).thread).toBeNull();
    expect(describeProcess(fakeSystem({ pid: 7, files: FILES, links })).thread).toBeNull();
  });
});

test('on macOS, as shown by a seam, machine, boot and start come from commands', () => {
  const commands = {
    '/usr/sbin/ioreg -rd1 -c IOPlatformExpertDevice':
      '{\n  "board-id" = <00>\n  "IOPlatformUUID" = "ABCD-1"\n}',
    '/usr/sbin/sysctl -n kern.bootsessionuuid': 'BOOT-1',
    'ps -o lstart= -p 7': 'Mon Nov 23 01:45:00 2026',
  };
  const mac = { platform: 'darwin', pid: 7, isMainThread: false } as const;
  expect(describeProcess(fakeSystem({ ...mac, commands }))).toEqual({
    machine: 'ABCD-1',
    boot: 'BOOT-1',
    namespace: null,
    pid: 7,
    start: 'Mon Nov 23 01:45:00 2026',
    thread: null,
    host: 'alpha',
  });
  const nothing = { machine: null, boot: null, start: null };
  expect(describeProcess(fakeSystem(mac))).toMatchObject(nothing);
});

test('on Windows, as shown by a seam, there is a pid and a host', () => {
  expect(describeProcess(fakeSystem({ platform: 'win32', pid: 7 }))).toEqual({
    machine: null,
    boot: null,
    namespace: null,
    pid: 7,
    start: null,
    thread: null,
    host: 'alpha',
  });
});

test('a boot has eight hex digits, always the same, and others for another boot or for none', () => {
  expect(bootTag('one')).toMatch(/^[0-9a-f]{8}$/);
  expect(bootTag('one')).toBe(bootTag('one'));
  expect(new Set([bootTag('one'), bootTag('two'), bootTag(null)]).size).toBe(3);
});
