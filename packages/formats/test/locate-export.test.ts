import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locateExport } from '../src/index.ts';

const isWindows = process.platform === 'win32';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tgstore-formats-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a file is itself, a folder its result.json', async () => {
  const file = join(folder, 'result.json');
  await writeFile(file, '{}');
  await writeFile(join(folder, 'messages.html'), '');
  expect(await locateExport(file)).toBe(file);
  expect(await locateExport(folder)).toBe(file);
  expect(await locateExport(relative(process.cwd(), folder))).toBe(file);
});

test.skipIf(isWindows)('a pipe is itself', async () => {
  const pipe = join(folder, 'pipe');
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', pipe]);
  expect(await locateExport(pipe)).toBe(pipe);
});

test.each([
  ['nothing', 'gone', 'FORMAT_NOT_FOUND'],
  ['a path through a file', 'file/x', 'FORMAT_NOT_FOUND'],
  ['an empty folder', 'empty', 'FORMAT_NO_RESULT_JSON'],
  ['a folder with a folder of that name', 'nested', 'FORMAT_NO_RESULT_JSON'],
  ['a chat as HTML', 'html', 'FORMAT_HTML_EXPORT'],
  ['an account as HTML', 'account', 'FORMAT_HTML_EXPORT'],
])('%s is refused', async (_name, path, code) => {
  await writeFile(join(folder, 'file'), '');
  await mkdir(join(folder, 'empty'));
  await mkdir(join(folder, 'nested', 'result.json'), { recursive: true });
  for (const [name, file] of [
    ['html', 'messages2.html'],
    ['account', 'export_results.html'],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, file), '');
  }
  await expect(locateExport(join(folder, path))).rejects.toMatchObject({
    name: 'FormatError',
    code,
    path: join(folder, path),
    message: expect.stringContaining(join(folder, path)),
  });
});

test.skipIf(isWindows)('a device is refused', async () => {
  await expect(locateExport('/dev/null')).rejects.toMatchObject({ code: 'FORMAT_NO_RESULT_JSON' });
});

test('an empty path is a mistake of the program', async () => {
  await expect(locateExport('')).rejects.toThrow(TypeError);
});
