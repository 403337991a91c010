import { readdir, readFile } from 'node:fs/promises';
import { readReadme } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { cliDocs } from '../scripts/cli-docs.ts';
import { SHELLS } from '../src/completion/shells.ts';

const { text } = await readReadme(import.meta.url);

test('the README is short, and names every command and every shell', () => {
  expect(text.split('\n').length).toBeLessThanOrEqual(151);
  const commands = [...cliDocs().matchAll(/^## tgstore (.+)$/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(20);
  for (const name of commands) expect(text).toMatch(new RegExp(`\`${name}[ \`]`));
  for (const shell of SHELLS) expect(text).toContain(`tgstore completion ${shell} >> `);
});

test('the README explains each error code of the command line', async () => {
  const src = new URL('../src/', import.meta.url);
  const files = (await readdir(src, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const source = await Promise.all(files.map((name) => readFile(new URL(name, src), 'utf8')));
  const thrown = [...source.join('\n').matchAll(/code(?:: | = )'([A-Z_]+)'/g)];
  const codes = new Set(thrown.map(([, code]) => code));
  expect(codes.size).toBeGreaterThan(3);
  for (const code of [...codes, 'UNEXPECTED']) expect(text).toContain(`\n| \`${code}\` `);
});
