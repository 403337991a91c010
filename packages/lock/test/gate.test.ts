import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { behindGate } from '../src/gate.ts';

test('of two that come at the same time one waits outside, and the gate is open after both', async () => {
  await using dir = await tempDirectory();
  let inside = 0;
  let crowded = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    if (inside > 1) crowded += 1;
    expect(await readdir(dir.path)).toEqual(['gate']);
    inside -= 1;
  };
  for (let round = 0; round < 10; round += 1) {
    await Promise.all([behindGate(dir.path, work), behindGate(dir.path, work)]);
    expect(await readdir(dir.path)).toEqual([]);
  }
  // who waited long goes in all the same: that may happen here now and then, but not always
  expect(crowded).toBeLessThan(10);
});

test('the gates of two directories have nothing to do with each other', async () => {
  await using dir = await tempDirectory();
  const [one, other] = [join(dir.path, 'one'), join(dir.path, 'other')];
  await Promise.all([mkdir(one), mkdir(other)]);
  const result = await behindGate(one, () =>
    behindGate(other, async () => [await readdir(one), await readdir(other)]),
  );
  expect(result).toEqual([['gate'], ['gate']]);
});

test('what work gives and throws passes through the gate', async () => {
  await using dir = await tempDirectory();
  expect(await behindGate(dir.path, async () => 7)).toBe(7);
  const failure = new Error('no');
  await expect(behindGate(dir.path, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(await readdir(dir.path)).toEqual([]);
});

test('work is done though the gate is taken all the time, and leaves it taken', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'gate'));
  expect(await behindGate(dir.path, async () => 'done')).toBe('done');
  expect(await readdir(dir.path)).toEqual(['gate']);
});

test('a gate that a killed process left is taken when it is old', async () => {
  await using dir = await tempDirectory();
  await mkdir(join(dir.path, 'gate'));
  const old = new Date(Date.now() - 10_000);
  await utimes(join(dir.path, 'gate'), old, old);
  expect(await behindGate(dir.path, async () => 'done')).toBe('done');
  expect(await readdir(dir.path)).toEqual([]);
});

test('work is done though a file is in the place of the gate', async () => {
  await using dir = await tempDirectory();
  await writeFile(join(dir.path, 'gate'), 'a file');
  expect(await behindGate(dir.path, async () => 'done')).toBe('done');
  expect(await readdir(dir.path)).toEqual(['gate']);
});

test('work is done though the directory is not there', async () => {
  await using dir = await tempDirectory();
  expect(await behindGate(join(dir.path, 'missing'), async () => 'done')).toBe('done');
});

test('work is done though the gate disappears meanwhile, or a file takes its place', async () => {
  await using dir = await tempDirectory();
  const gate = join(dir.path, 'gate');
  expect(await behindGate(dir.path, () => rm(gate, { recursive: true }))).toBeUndefined();
  const replace = async (): Promise<string> => {
    await rm(gate, { recursive: true });
    await writeFile(gate, 'a file');
    return 'done';
  };
  expect(await behindGate(dir.path, replace)).toBe('done');
  expect(await readdir(dir.path)).toEqual(['gate']);
});

test('a gate that is lost during long work is no reason to throw', async () => {
  await using dir = await tempDirectory();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const work = async (): Promise<string> => {
    await rm(join(dir.path, 'gate'), { recursive: true });
    // it is looked after every second
    vi.advanceTimersByTime(1500);
    // an exception that nobody can catch would come now
    for (let times = 0; times < 10; times += 1) await readdir(dir.path);
    return 'done';
  };
  expect(await behindGate(dir.path, work)).toBe('done');
});

const LISTENERS = new URL('support/process-listeners.ts', import.meta.url);

test('neither locks nor their gate leave a handler of signals, or change how a process ends', async () => {
  await using dir = await tempDirectory();
  const output = await runTypeScript(LISTENERS, { args: [dir.path] });
  const { before = {}, ...found } = JSON.parse(output);
  const exit = (before.exit ?? 0) + 1;
  expect(found).toEqual({
    imported: before,
    // it takes its presence away; that changes nothing in how the process ends
    held: { ...before, exit },
    'given back': { ...before, exit },
    'behind the gate': { ...before, exit },
    'after the gate': { ...before, exit },
    isPatched: false,
  });
});

test('a program that uses signal-exit itself keeps its handlers', async () => {
  await using dir = await tempDirectory();
  const output = await runTypeScript(LISTENERS, { args: [dir.path, 'signal-exit'] });
  const { before, 'after the gate': after, isPatched } = JSON.parse(output);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    expect(after[name]).toBe((before[name] ?? 0) + 1);
  }
  expect(isPatched).toBe(true);
});

test.runIf(process.platform !== 'win32')(
  'the gate is nobody else’s, whatever the umask',
  async () => {
    await using dir = await tempDirectory();
    await behindGate(dir.path, async () => {
      expect((await stat(join(dir.path, 'gate'))).mode & 0o777).toBe(0o700);
    });
  },
);
