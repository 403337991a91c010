import { runTypeScript } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { isTemporaryName, temporaryName } from '../src/index.ts';
import { processDomain, temporaryOwner } from '../src/temp-name.ts';

test('temporary names are hidden, of one length, unique and the same on disks that ignore case', () => {
  const names = Array.from({ length: 10_000 }, temporaryName);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) {
    expect(name).toMatch(/^\.tgstore-[0-9a-f]{8}-[0-9a-z]{7}-[0-9a-f]{10}\.tmp$/);
    expect(name).toHaveLength(40);
    expect(isTemporaryName(name)).toBe(true);
  }
  expect(temporaryOwner(names[0] ?? '')).toEqual({ domain: processDomain(), pid: process.pid });
});

test('another process on this machine has the same domain and its own pid', async () => {
  const name = await runTypeScript(new URL('support/temporary-name.ts', import.meta.url));
  const owner = temporaryOwner(name.trim());
  expect(owner?.domain).toBe(processDomain());
  expect(owner?.pid).not.toBe(process.pid);
});

test('other names are not temporary', () => {
  const name = temporaryName();
  for (const other of [
    '',
    '.tgstore',
    'chat.json',
    '.12345.undo',
    name.slice(1),
    `${name}x`,
    `x${name}`,
    `${name}\n`,
    name.toUpperCase(),
    name.replace('.tmp', 'atmp'),
  ]) {
    expect(isTemporaryName(other)).toBe(false);
    expect(temporaryOwner(other)).toBeUndefined();
  }
});
