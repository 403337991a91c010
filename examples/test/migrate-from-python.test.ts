import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { writeOriginalStore } from './support/original-store.ts';

// docs/migrate-from-python.md shows what the commands say of a small store of the original.

const guide = await readFile(new URL('../../docs/migrate-from-python.md', import.meta.url), 'utf8');
const tgstore = new URL('../../packages/cli/src/bin.ts', import.meta.url);

test('each command of the guide, one after the other, says what the guide shows', async () => {
  await using dir = await tempDirectory();
  await writeOriginalStore(join(dir.path, 'chats'));
  const shown = sessions();
  expect(shown.map(({ command }) => command.split(' ')[0])).toEqual([
    'check',
    'migrate',
    'migrate',
    'check',
    'list',
    'doctor',
  ]);
  for (const { command, output } of shown) {
    const child = startTypeScript(tgstore, {
      args: command.split(' '),
      cwd: dir.path,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    if (!child.stdout || !child.stderr) throw new Error('no pipes');
    const [out, err, [status]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    expect(`${masked(out)}${err}`, command).toBe(masked(output));
    expect(status, command).toBe(0);
  }
});

function sessions(): { command: string; output: string }[] {
  const blocks = [...guide.matchAll(/```console\n(.*?)```/gs)].map(([, block]) => block).join('');
  return [...blocks.matchAll(/^\$ tgstore (.+)\n((?:(?!\$ ).*\n)*)/gm)].map(
    ([, command = '', output = '']) => ({ command, output }),
  );
}

/** Without what differs from machine to machine and from day to day. */
function masked(output: string): string {
  return output
    .replace(/\d+\.\d s$/gm, 'T s')
    .replace(/^(versions|store|disk) .*$/gm, '$1')
    .replace(/made \d{4}-\d\d-\d\d$/gm, 'made D');
}
