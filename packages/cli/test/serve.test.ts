import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createConnection } from 'node:net';
import { join } from 'node:path';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

const bin = join(import.meta.dirname, '../src/bin.ts');
const node = [...typeScriptFlags, bin];

/** A directory with the store `s`, and a page. */
async function prepare(cwd: string): Promise<void> {
  await mkdir(join(cwd, 'page'));
  await writeFile(join(cwd, 'page', 'index.html'), 'the page');
  await run(['import', '-', '--store', 's'], { cwd, stdin: toText(chat([{ id: 1 }])) });
}

function serve(cwd: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [...node, 'serve', '--store', 's', '--page', 'page', ...args], {
    cwd,
  });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return text.trim();
}

test('serve prints the address, serves page and store, and ends at the first interrupt', async () => {
  await using dir = await tempDirectory();
  await prepare(dir.path);
  const child = serve(dir.path);
  const address = new URL(await firstLine(child));
  expect(address.host).toMatch(/^127\.0\.0\.1:\d+$/);
  const token = new URLSearchParams(address.hash.slice(1)).get('token');
  expect(await (await fetch(address)).text()).toBe('the page');
  const headers = { authorization: `Bearer ${token}` };
  const list = await fetch(new URL('/api/conversations', address), { headers });
  expect(JSON.parse(await list.text())).toMatchObject({ id: '100', status: 'unprocessed' });
  expect((await fetch(new URL('/api/conversations', address))).status).toBe(401);
  // a page that listens keeps nobody from ending
  const events = await fetch(new URL('/api/events', address), { headers });
  expect(events.status).toBe(200);
  child.kill('SIGINT');
  const [status] = (await once(child, 'exit')) as [number];
  expect(status).toBe(0);
  await events.text().catch(() => {});
});

test('the first interrupt lets a job finish what is in hand, the second ends it', async () => {
  for (const interrupts of [1, 2]) {
    await using dir = await tempDirectory();
    await prepare(dir.path);
    const exec = 'touch began; while [ ! -e go ]; do sleep 0.05; done';
    const child = serve(dir.path, '--json', '--exec', exec);
    const { address } = JSON.parse(await firstLine(child)) as { address: string };
    const token = new URLSearchParams(new URL(address).hash.slice(1)).get('token');
    await fetch(new URL('/api/job', address), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    const began = join(dir.path, 'began');
    await expect.poll(() => spawnSync('test', ['-e', began]).status, { timeout: 30_000 }).toBe(0);
    child.kill('SIGINT');
    await expect.poll(async () => await isListening(Number(new URL(address).port))).toBe(false);
    expect(child.exitCode).toBe(null);
    if (interrupts === 1) await writeFile(join(dir.path, 'go'), '');
    else child.kill('SIGINT');
    await once(child, 'exit');
    const listed = await run(['list', '--ids', '--processed', '--store', 's'], { cwd: dir.path });
    expect(listed.stdout.trim()).toBe(interrupts === 1 ? '100' : '');
  }
});

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('--json prints one line; an interrupt that came before ends it at once', async () => {
  await using dir = await tempDirectory();
  await prepare(dir.path);
  const args = ['serve', '--json', '--read-only', '--store', 's', '--page', 'page'];
  const { status, stdout } = await run(args, { cwd: dir.path, signal: AbortSignal.abort() });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    address: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/),
    store: join(dir.path, 's'),
    read_only: true,
  });
});

test('what can’t be served is said with a code', async () => {
  await using dir = await tempDirectory();
  await prepare(dir.path);
  const cwd = dir.path;
  const signal = AbortSignal.abort();
  const none = await run(['serve', '--store', 'none', '--page', 'page'], { cwd, signal });
  expect([none.status, none.stderr]).toEqual([10, expect.stringContaining('STORE_NOT_A_STORE')]);
  const noPage = await run(['serve', '--store', 's', '--page', 'none'], { cwd, signal });
  expect([noPage.status, noPage.stderr]).toEqual([1, expect.stringContaining('EXPLORER_NO_PAGE')]);
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const port = String((other.address() as AddressInfo).port);
  const inUse = await run(['serve', '--store', 's', '--page', 'page', '--port', port], {
    cwd,
    signal,
  });
  expect([inUse.status, inUse.stderr]).toEqual([
    1,
    expect.stringContaining('EXPLORER_PORT_IN_USE'),
  ]);
  other.close();
  for (const args of [
    ['--port', '65536'],
    ['--port', 'x'],
    ['--concurrency', '0'],
  ]) {
    expect((await run(['serve', '--store', 's', ...args], { cwd, signal })).status).toBe(2);
  }
});
