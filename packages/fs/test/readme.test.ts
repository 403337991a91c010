import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import * as api from '../src/index.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

test('the example of the README prints what the README says', async () => {
  await using dir = await tempDirectory();
  const [, code = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const [, output] = /```text\n(.*?)```/s.exec(readme) ?? [];
  const file = join(dir.path, 'example.mts');
  const source = new URL('../src/index.ts', import.meta.url).href;
  await writeFile(file, code.replace("'@tgstore/fs'", `'${source}'`));
  expect(await runTypeScript(pathToFileURL(file), { cwd: dir.path })).toBe(output);
});

test('the README names everything that is exported', () => {
  for (const name of Object.keys(api)) expect(readme).toContain(name);
});
