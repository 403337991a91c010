import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import type { ErrorBody } from '../../src/api/index.ts';
import { messages, type TestExplorer, testExplorer } from './support/explorer.ts';

async function answer(
  explorer: TestExplorer,
  path: string,
  headers: Record<string, string> = {},
): Promise<string> {
  const { status, text } = await explorer.request(path, { headers });
  return status < 400 ? String(status) : `${status} ${(JSON.parse(text) as ErrorBody).error.code}`;
}

test('only requests for its own name are answered', async () => {
  await using explorer = await testExplorer();
  const { port } = explorer;
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`]) {
    expect(await answer(explorer, '/api/store', { host })).toBe('200');
    expect(await answer(explorer, '/', { host })).toBe('200');
  }
  for (const host of [
    '127.0.0.1',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    `[::1]:${port}`,
  ]) {
    expect(await answer(explorer, '/api/store', { host })).toBe('421 EXPLORER_WRONG_HOST');
    expect(await answer(explorer, '/', { host })).toBe('421 EXPLORER_WRONG_HOST');
  }
});

test('requests of other pages are refused, by origin and by fetch metadata', async () => {
  await using explorer = await testExplorer();
  const { port } = explorer;
  const refused = '403 EXPLORER_FORBIDDEN';
  for (const path of ['/', '/api/store']) {
    expect(await answer(explorer, path, { origin: `http://127.0.0.1:${port}` })).toBe('200');
    expect(await answer(explorer, path, { origin: `http://localhost:${port}` })).toBe('200');
    for (const origin of [
      'null',
      'https://evil.example',
      `https://127.0.0.1:${port}`,
      `http://127.0.0.1:${port + 1}`,
    ]) {
      expect(await answer(explorer, path, { origin })).toBe(refused);
    }
    for (const site of ['same-origin', 'none']) {
      expect(await answer(explorer, path, { 'sec-fetch-site': site })).toBe('200');
    }
    for (const site of ['cross-site', 'same-site', '']) {
      expect(await answer(explorer, path, { 'sec-fetch-site': site })).toBe(refused);
    }
  }
  expect(await answer(explorer, '/media/1/1', { 'sec-fetch-site': 'none' })).toBe(refused);
});

test('the API wants the whole token, in its header; the page needs none', async () => {
  await using explorer = await testExplorer();
  const { token } = explorer;
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  const refused = '401 EXPLORER_NO_TOKEN';
  for (const authorization of [
    '',
    token,
    'Bearer',
    'Bearer ',
    `Bearer ${token.slice(1)}`,
    `Bearer ${token}x`,
    `bearer ${token}`,
  ]) {
    expect(await answer(explorer, '/api/store', { authorization })).toBe(refused);
  }
  for (const path of ['/api/store', '/api/nothing', `/api/store?token=${token}`]) {
    expect((await explorer.request(path, { isStranger: true })).status).toBe(401);
  }
  const post = { method: 'POST', isStranger: true, body: '{"status":"processed"}' };
  expect((await explorer.request('/api/conversations/1/status', post)).status).toBe(401);
  expect((await explorer.request('/', { isStranger: true })).status).toBe(200);
});

test('each run has a token of its own', async () => {
  await using one = await testExplorer();
  await using other = await testExplorer();
  expect(one.token).not.toBe(other.token);
});

test('a body is JSON, an object, and no larger than 64 KB', async () => {
  await using explorer = await testExplorer();
  await explorer.save('1', messages(1));
  const post = async (body: string, type = 'application/json'): Promise<string> => {
    const headers = { 'content-type': type };
    const { status, text } = await explorer.request('/api/conversations/1/status', {
      method: 'POST',
      body,
      headers,
    });
    return status === 200 ? '200' : `${status} ${(JSON.parse(text) as ErrorBody).error.code}`;
  };
  const body = '{"status":"processed"}';
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    '',
  ]) {
    expect(await post(body, type)).toBe('415 EXPLORER_WRONG_TYPE');
  }
  expect(await post('{"status":')).toBe('400 EXPLORER_BAD_REQUEST');
  expect(await post('["processed"]')).toBe('400 EXPLORER_BAD_REQUEST');
  expect(await post('{"status":"done"}')).toBe('400 EXPLORER_BAD_REQUEST');
  expect(await post(`{"status":"processed","x":"${'x'.repeat(65_536)}"}`)).toBe(
    '413 EXPLORER_TOO_LARGE',
  );
  expect((await explorer.store.listFiles()).map(({ status }) => status)).toEqual(['unprocessed']);
  expect(await post(body, 'application/json; charset=utf-8')).toBe('200');
});

test('--read-only refuses every change, and nothing has changed', async () => {
  await using explorer = await testExplorer({ isReadOnly: true });
  await explorer.save('1', messages(1));
  const changes = [
    ['POST', '/api/conversations/1/status'],
    ['POST', '/api/job'],
    ['DELETE', '/api/job'],
    ['POST', '/api/backups'],
    ['POST', '/api/backups/x/verify'],
    ['POST', '/api/backups/x/restore'],
    ['PUT', '/api/store'],
  ] as const;
  for (const [method, path] of changes) {
    const { status, text } = await explorer.request(path, {
      method,
      body: '{"status":"processed"}',
    });
    expect([path, status, (JSON.parse(text) as ErrorBody).error.code]).toEqual([
      path,
      403,
      'EXPLORER_READ_ONLY',
    ]);
  }
  expect(await explorer.getJson('/api/store')).toMatchObject({ isReadOnly: true });
  expect((await explorer.store.listFiles()).map(({ status }) => status)).toEqual(['unprocessed']);
});

test('every answer has the headers that keep it to itself', async () => {
  await using explorer = await testExplorer();
  for (const path of [
    '/',
    '/assets/index-1a2b.js',
    '/api/store',
    '/api/nothing',
    '/api/conversations',
    '/media/1/2?key=x',
  ]) {
    const { headers } = await explorer.request(path);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    // nothing inline, from elsewhere or made of text
    expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:|blob:|https?:/);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    const isAsset = path.startsWith('/assets/');
    expect(headers['cache-control']).toBe(
      isAsset ? 'private, max-age=31536000, immutable' : 'no-store',
    );
  }
});

test('it listens on this machine alone', async () => {
  await using explorer = await testExplorer();
  const others = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of others) {
    const socket = connect(explorer.port, address);
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  }
});

test('no path leads to a file that is not of the page', async () => {
  await using explorer = await testExplorer();
  const page = '<!doctype html><title>page</title>';
  const tricks = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '//secret.txt',
    '/favicon.svg%00.txt',
    '/%ff',
    '/c/1',
    '/constructor',
    '/__proto__',
  ];
  for (const path of tricks) {
    const { status, text } = await explorer.request(path);
    expect(text, path).not.toContain('secret');
    if (status === 200) expect(text, path).toBe(page);
    else expect([400, 404], path).toContain(status);
  }
  expect((await explorer.request('/favicon.svg')).headers['content-type']).toBe('image/svg+xml');
  for (const path of ['/assets/old-9z.js', '/api/x', '/media/x']) {
    expect((await explorer.request(path)).status, path).toBe(404);
  }
  for (const path of [
    '/api/conversations/..%2f..%2fsecret.txt',
    '/api/conversations/%00',
    '/api/conversations/..%5csecret',
  ]) {
    expect((await explorer.request(path)).status, path).toBe(404);
  }
  expect((await explorer.request(`/api/conversations/${'x'.repeat(300)}`)).status).toBe(404);
});
