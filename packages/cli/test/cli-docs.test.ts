import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { cliDocs } from '../scripts/cli-docs.ts';

test('docs/cli.md is what the commands say; else run pnpm --filter @tgstore/cli run docs', async () => {
  const written = await readFile(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  expect(cliDocs(), 'run pnpm --filter @tgstore/cli run docs').toBe(written);
});
