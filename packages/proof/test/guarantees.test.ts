import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const guarantees = new URL('../../../docs/guarantees.md', import.meta.url);
const text = await readFile(guarantees, 'utf8');
const rows = [...text.matchAll(/^\| (G\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number = '', promise = '', tests = '']) => ({ number, promise, tests }),
);

test('the guarantees are numbered from 1, none left out or twice', () => {
  expect(rows.map(({ number }) => number)).toEqual(
    Array.from({ length: 11 }, (_, index) => `G${index + 1}`),
  );
});

test.each(rows)('$number names tests that hold it, each by a file that is there', ({ tests }) => {
  const links = [...tests.matchAll(/\[([^\]]+)\]\(([^)]+)\)/g)];
  expect(links.length).toBeGreaterThan(2);
  for (const [, name = '', path = ''] of links) {
    expect(existsSync(new URL(path, guarantees)), path).toBe(true);
    // what is shown is what is linked
    const [, folder, file] =
      /^\.\.\/(?:packages\/)?([\w-]+)\/test\/(.+)\.test\.ts$/.exec(path) ?? [];
    expect(`${folder}/${file?.replace(/\.property$/, '')}`).toBe(name.replace(/\.property$/, ''));
  }
});

test('the command that runs one names a test file of its package', () => {
  const commands = [...text.matchAll(/--filter @tgstore\/(\w+) exec vitest run (\S+)`/g)];
  expect(commands.length).toBeGreaterThan(0);
  for (const [, name, file] of commands) {
    const path = new URL(`../../${name}/${file}`, import.meta.url);
    expect(existsSync(path), fileURLToPath(path)).toBe(true);
  }
});
