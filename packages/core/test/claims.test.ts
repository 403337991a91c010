import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { cp, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FileHandleLike } from '@tgstore/fs';
import { startTypeScript, tempDirectory, watchCalls } from '@tgstore/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { EnhancedFileManager } from '../src/index.ts';
import { conversation, message, messages } from './support/conversations.ts';
import { watching } from './support/faults.ts';
import {
  gate,
  type HandOver,
  handOvers,
  noting,
  statuses,
  type TempProcessing,
  tempProcessing,
} from './support/processing.ts';

const HOLD = new URL('support/process-and-hold.ts', import.meta.url);
const LOG = new URL('support/process-and-log.ts', import.meta.url);
const DIE = new URL('support/die-at-rename.ts', import.meta.url);

async function tempWithOne(): Promise<TempProcessing> {
  const temp = await tempProcessing();
  await temp.store.saveConversation(conversation('1'));
  return temp;
}

interface Holder {
  readonly child: ChildProcess;
  /** Of its command, if it shares. */
  readonly group: number;
  /** The next line that it prints. */
  next(): Promise<string | undefined>;
  kill(): Promise<void>;
}

/** A process that has conversation 1 in hand. */
async function hold(path: string, ...more: string[]): Promise<Holder> {
  const child = startTypeScript(HOLD, {
    args: [path, ...more],
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const iterator = lines[Symbol.asyncIterator]();
  const next = async (): Promise<string | undefined> => (await iterator.next()).value;
  const { id, group = 0 } = JSON.parse((await next()) ?? '{}');
  if (group > 0) onTestFinished(() => killGroup(group));
  expect(id).toBe('1');
  const closed = once(child, 'exit');
  return {
    child,
    group,
    next,
    async kill() {
      child.kill('SIGKILL');
      await closed;
      expect(child.signalCode).toBe('SIGKILL');
    },
  };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // it has ended
  }
}

async function run(store: EnhancedFileManager): Promise<Record<string, string>> {
  return statuses(await store.processAllUnprocessed(() => {}));
}

test('two stores in one process never have one conversation in hand at once', async () => {
  await using temp = await tempWithOne();
  const inHand = gate();
  const finish = gate();
  const first = temp.store.processAllUnprocessed(async () => {
    inHand.open();
    await finish.passed;
  });
  await inHand.passed;
  expect(await run(temp.open())).toEqual({ 1: 'claimed' });
  // nor the same store twice; nor after a change
  expect(await run(temp.store)).toEqual({ 1: 'claimed' });
  await temp.store.appendMessages('1', [message(2)]);
  expect(await run(temp.open())).toEqual({ 1: 'claimed' });
  await temp.store.markAsUnprocessed('1');
  expect(await run(temp.open())).toEqual({ 1: 'claimed' });
  finish.open();
  expect(statuses(await first)).toEqual({ 1: 'processed' });
  expect(await run(temp.open())).toEqual({});
  expect(await temp.state('1')).not.toHaveProperty('claim');
});

test('nor do two processes', async () => {
  await using temp = await tempWithOne();
  const holder = await hold(temp.path);
  expect(await run(temp.store)).toEqual({ 1: 'claimed' });
  expect(await temp.state('1')).toMatchObject({ claim: { holders: [{ pid: holder.child.pid }] } });
  holder.child.stdin?.end();
  expect(await holder.next()).toBe('{"1":"processed"}');
  expect(await run(temp.store)).toEqual({});
});

test('of two processes that go through one store, one alone processes each conversation', async () => {
  await using temp = await tempProcessing();
  await using directory = await tempDirectory();
  const count = 150;
  for (let id = 1; id <= count; id += 1) await temp.store.saveConversation(conversation(`${id}`));
  const log = join(directory.path, 'log');
  const children = [1, 2].map(() =>
    startTypeScript(LOG, { args: [temp.path, log], stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const outputs = children.map(() => '');
  const ready = children.map(async (child, index) => {
    child.stdout?.setEncoding('utf8').on('data', (text) => {
      outputs[index] += text;
    });
    await once(child.stdout ?? child, 'data');
  });
  await Promise.all(ready);
  const closed = children.map((child) => once(child, 'close'));
  for (const child of children) child.stdin?.write('go\n');
  expect((await Promise.all(closed)).map(([status]) => status)).toEqual([0, 0]);

  const lines = (await readFile(log, 'utf8')).trim().split('\n');
  const expected = Array.from({ length: count }, (_, index) => [
    `begin ${index + 1}`,
    `end ${index + 1}`,
  ]);
  expect([...lines].sort()).toEqual(expected.flat().sort());
  const [first, second] = outputs.map((output) => JSON.parse(output.replace('ready\n', '')));
  for (let id = 1; id <= count; id += 1) {
    const both = [first[id], second[id]];
    expect(
      both.filter((status) => status === 'processed'),
      `${id}: ${both}`,
    ).toHaveLength(1);
    // the other saw it in hand, processed already, or not at all
    expect(['claimed', 'gone', undefined]).toContain(both.find((status) => status !== 'processed'));
  }
});

test('the claim of a killed process is taken over at once, and the attempt does not count', async () => {
  await using temp = await tempWithOne();
  const holder = await hold(temp.path);
  expect(await run(temp.store)).toEqual({ 1: 'claimed' });
  await holder.kill();
  expect(await handOvers(temp.store)).toMatchObject([{ attempt: 1, everything: true }]);
  expect(await temp.state('1')).not.toHaveProperty('claim');
});

test('in a copy of a store the claims of the original are void', async () => {
  await using temp = await tempWithOne();
  await using directory = await tempDirectory();
  await hold(temp.path);
  const copy = join(directory.path, 'copy');
  // `cp` of Node copies no sockets
  const isCopied = async (path: string) => !(await lstat(path)).isSocket();
  await cp(temp.path, copy, { recursive: true, filter: isCopied });
  expect(await run(new EnhancedFileManager({ storageDir: copy }))).toEqual({ 1: 'processed' });
  expect(await run(temp.store)).toEqual({ 1: 'claimed' });
});

test.runIf(process.platform !== 'win32')(
  'a claim that is shared with a command lives as long as one of its processes, and no longer',
  async () => {
    await using temp = await tempWithOne();
    const { group, kill } = await hold(temp.path, 'share');
    await kill();
    expect(await run(temp.store)).toEqual({ 1: 'claimed' });
    // the leader; a child of it goes on
    process.kill(group, 'SIGKILL');
    await ended(group);
    expect(await run(temp.store)).toEqual({ 1: 'claimed' });
    process.kill(-group, 'SIGKILL');
    await groupEnded(group);
    expect(await handOvers(temp.store)).toMatchObject([{ id: '1', attempt: 1 }]);
  },
);

test.runIf(process.platform !== 'win32')(
  'a claim that is shared outlives the command, as long as the processor lives',
  async () => {
    await using temp = await tempWithOne();
    const { child, group, next } = await hold(temp.path, 'share');
    process.kill(-group, 'SIGKILL');
    await groupEnded(group);
    expect(await run(temp.store)).toEqual({ 1: 'claimed' });
    child.stdin?.end();
    expect(await next()).toBe('{"1":"processed"}');
  },
);

test('a process that is killed between the record and the rename has processed for good', async () => {
  await using temp = await tempWithOne();
  const child = startTypeScript(DIE, { args: [temp.path] });
  const printed = once(child.stdout ?? child, 'data');
  await once(child, 'exit');
  expect([child.signalCode, String(await printed)]).toEqual(['SIGKILL', 'processed 1\n']);
  expect(await temp.store.listConversations({ processed: false })).toEqual(['1']);
  const notes: HandOver[] = [];
  const results = await temp.store.processAllUnprocessed(noting(notes, () => {}));
  expect(results.get('1')).toMatchObject({ status: 'processed', attempts: 0 });
  expect(notes).toEqual([]);
  expect(await temp.store.listConversations({ processed: true })).toEqual(['1']);
});

test('a claim takes the place of what was processed before only with its bytes on the disk', async () => {
  await using temp = await tempProcessing({ durability: 'full' });
  const renamed: [string, boolean][] = [];
  const synced = new Set<string>();
  const fileSystem = watching(({ name, args: [first, second] }) => {
    const path = String(first);
    if (name === 'rename' && second === temp.layout.stateFile('1')) {
      renamed.push([JSON.parse(readFileSync(path, 'utf8')).claim ? 'claim' : '', synced.has(path)]);
    }
    if (name !== 'open' || !path.startsWith(temp.layout.stateDirectory)) return undefined;
    return async (open) =>
      watchCalls<FileHandleLike>(await open(first, second), (call) => {
        if (call.name === 'sync') synced.add(path);
        return undefined;
      });
  });
  const store = temp.open({ durability: 'full', fileSystem });
  await store.saveConversation(conversation('1'));
  await handOvers(store);
  await store.appendMessages('1', [message(2)]);
  await handOvers(store);
  expect(renamed).toEqual([
    ['claim', true],
    ['', true],
    ['claim', true],
    ['', true],
  ]);
});

test('a processor whose claim was taken from it marks nothing', async () => {
  await using temp = await tempWithOne();
  const notes: HandOver[] = [];
  const work = noting(notes, async () => {
    // by force: the state is gone
    if (notes.length === 1) await writeFile(temp.layout.stateFile('1'), '{}');
  });
  const results = await temp.store.processAllUnprocessed(work);
  expect(results.get('1')).toMatchObject({ status: 'processed', attempts: 2 });
  expect(notes).toMatchObject([{ everything: true }, { everything: true }]);
});

test('one that is deleted and comes again while it is in hand is not in two hands', async () => {
  await using temp = await tempWithOne();
  const others: Record<string, string>[] = [];
  const results = await temp.store.processAllUnprocessed(async ({ id }) => {
    if (others.length > 0) return;
    await temp.open().deleteConversation(id);
    await temp.open().saveConversation(conversation(id, messages([7])));
    others.push(await run(temp.open()));
  });
  expect(others).toEqual([{ 1: 'claimed' }]);
  expect(statuses(results)).toEqual({ 1: 'processed' });
});

/** Waits until a process, which is not a child of ours, has ended. */
async function ended(pid: number): Promise<void> {
  await until(async () => {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ' Z ');
    return / [ZX] /.test(stat);
  });
}

async function groupEnded(group: number): Promise<void> {
  const members = async (): Promise<string[]> => {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    const stats = await Promise.all(
      pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
    );
    return stats.filter((stat) => {
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return pgrp === String(group) && !/[ZX]/.test(state ?? '');
    });
  };
  await until(async () => (await members()).length === 0);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await isSo())) if (performance.now() > end) throw new Error('waited in vain');
}

test.each([[null], [7], [{}], [{ pid: 1 }], [{ pid: 1, host: 'x', presence: '../../x' }]])(
  'a claim whose holder is %j is none: the state is damaged, and nobody has the conversation in hand',
  async (holder) => {
    await using temp = await tempWithOne();
    const state = join(temp.path, '.tgstore', 'state', '1.json');
    await mkdir(dirname(state), { recursive: true });
    await writeFile(state, JSON.stringify({ claim: { id: 'a', since: '', holders: [holder] } }));
    expect((await temp.store.inspect()).claims).toEqual([]);
    const results = await temp.store.processAllUnprocessed(() => 'done');
    expect(statuses(results)).toEqual({ 1: 'processed' });
    await temp.store.deleteConversation('1');
  },
);
