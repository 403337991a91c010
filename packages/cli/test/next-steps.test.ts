import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StoreError } from '@tgstore/core';
import { tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { explainError } from '../src/explain-error.ts';
import { nextSteps } from '../src/next-steps.ts';
import { createProgram } from '../src/program.ts';
import { chat, toText } from './support/exports.ts';
import { run } from './support/run.ts';

/** Codes without a next command, each with the reason. */
const WITHOUT: Readonly<Record<string, string>> = {
  STORE_CHANGED: 'the same command again, which the message says',
  STORE_CONFIG_INVALID: 'the file that the message names is to be edited',
  STORE_EXISTS: 'the same import again',
  STORE_ID_CONFLICT: 'the two accounts belong in two stores: which one is for the person to say',
  STORE_INVALID_CONVERSATION: 'the bundle is to be corrected where the message says',
  STORE_INVALID_ID: 'the id was mistyped, or the bundle is to be corrected',
  FORMAT_BAD_TIME_ZONE: 'the option is to be corrected, and the message shows one',
  FORMAT_EMPTY: 'the export is to be made again in Telegram Desktop',
  FORMAT_HTML_EXPORT: 'the export is to be made again in Telegram Desktop',
  FORMAT_NOT_FOUND: 'the path was mistyped',
  FORMAT_NOT_JSON: 'another file is to be named',
  FORMAT_NO_RESULT_JSON: 'another folder is to be named',
  FORMAT_UNKNOWN: 'another file is to be named',
  LOCK_REENTRANT: 'a fault in tgstore',
  BACKUP_INVALID_TAG: 'the tag is to be corrected',
  BACKUP_NEEDS_KEY: 'only the person knows where the key is; the message names the options',
  BACKUP_UNSUPPORTED: 'the same command without --zstd, which the message says',
  BACKUP_WRONG_KEY: 'only the person knows where the key is',
  EXPLORER_BAD_REQUEST: 'an answer to the page',
  EXPLORER_BUSY: 'an answer to the page',
  EXPLORER_FORBIDDEN: 'an answer to the page',
  EXPLORER_INVALID_PATTERN: 'an answer to the page',
  EXPLORER_NOT_FOUND: 'an answer to the page',
  EXPLORER_NO_COMMAND: 'an answer to the page',
  EXPLORER_NO_TOKEN: 'an answer to the page',
  EXPLORER_READ_ONLY: 'an answer to the page',
  EXPLORER_TOO_LARGE: 'an answer to the page',
  EXPLORER_WRONG_HOST: 'an answer to the page',
  EXPLORER_WRONG_TYPE: 'an answer to the page',
};

const root = join(import.meta.dirname, '../../..');
const files = [
  ...['schema', 'fs', 'lock', 'backup', 'formats', 'core'].map((name) => `packages/${name}/src`),
  'apps/demo/src/server',
];

async function codesOf(directory: string): Promise<string[]> {
  const source = await readFile(join(root, directory, 'errors.ts'), 'utf8');
  const [union = ''] = /type \w+ErrorCode =[^;]+;/.exec(source) ?? [];
  return [...union.matchAll(/'(\w+)'/g)].map(([, code = '']) => code);
}

test.each(files)('each error code of %s has a next command, or a reason why not', async (name) => {
  const codes = await codesOf(name);
  expect(codes.length).toBeGreaterThan(4);
  const missing = codes.filter(
    (code) => nextSteps(code, '/a').length > 0 === Object.hasOwn(WITHOUT, code),
  );
  expect(missing).toEqual([]);
});

test('no code is listed that no package has', async () => {
  const codes = (await Promise.all(files.map(codesOf))).flat();
  expect(Object.keys(WITHOUT).filter((code) => !codes.includes(code))).toEqual([]);
});

test('the commands to type next are commands', async () => {
  const io = { stdout: {}, report: {} } as Parameters<typeof createProgram>[0];
  const program = createProgram(io, () => {});
  const codes = (await Promise.all(files.map(codesOf))).flat();
  for (const code of [...codes, 'COMMAND_FAILED', 'ENOSPC', 'EDQUOT']) {
    for (const next of nextSteps(code, '/a')) {
      const [tool, ...words] = next.split(' ');
      if (tool !== 'tgstore') {
        expect(next).toMatch(/^npm install --global /);
        continue;
      }
      let command = program;
      for (const word of words) {
        const sub = command.commands.find((one) => one.name() === word);
        if (sub) command = sub;
        else if (word.startsWith('--')) {
          expect(
            command.options.map(({ long }) => long),
            next,
          ).toContain(word);
        }
      }
      expect(command.commands, next).toEqual([]);
    }
  }
});

test('on a terminal the next command stands below the error, and finds the same store', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const args = ['show', '7', '--store', 'no such'];
  const { stderr, status } = await run(args, { cwd, columns: 80 });
  expect(status).toBe(10);
  expect(stderr.split('\n').slice(1)).toEqual([
    "→ tgstore config --store 'no such'",
    "→ tgstore init --store 'no such'",
    "→ tgstore import result.json --store 'no such'",
    '',
  ]);
  // a line in a log is one line
  expect((await run(args, { cwd })).stderr).toMatch(/^STORE_NOT_A_STORE {2}.*\n$/);
  const asJson = JSON.parse((await run([...args, '--json'], { cwd })).stderr);
  expect(asJson.next[0]).toBe("tgstore config --store 'no such'");
  await run(['import', '-', '--store', 's'], { cwd, stdin: toText(chat([{ id: 1 }])) });
  const backup = await run(
    ['backup', 'verify', 'x', '--store', 's', '--backup-dir', 'b', '--json'],
    { cwd },
  );
  expect(JSON.parse(backup.stdout)).toMatchObject({ failed: [{ code: 'BACKUP_NOT_FOUND' }] });
  const shown = await run(['backup', 'verify', 'x', '--store', 's', '--backup-dir', 'b'], {
    cwd,
    columns: 80,
  });
  expect(shown.stderr).toMatch(/\n→ tgstore backup list --store s --backup-dir b\n$/);
});

test('a path in the next command is quoted for a shell', () => {
  expect(nextSteps('FORMAT_TRUNCATED', "/x/Ann's export")).toEqual([
    "tgstore import --salvage '/x/Ann'\\''s export'",
  ]);
  expect(nextSteps('FORMAT_TRUNCATED')).toEqual([]);
});

test('what libraries say of their options is said in the words of the command line', async () => {
  await using dir = await tempDirectory();
  const cwd = dir.path;
  const noId = await run(['import', '-'], { cwd, stdin: toText(chat([{ id: 1 }], { id: null })) });
  expect(noId.stderr).toMatch(/^FORMAT_NO_ID .*or name one with --id/);
  const zone = await run(['import', '-', '--time-zone', 'Mars'], {
    cwd,
    stdin: toText(chat([{ id: 1 }])),
  });
  expect(zone.stderr).toMatch(/^FORMAT_BAD_TIME_ZONE .*--time-zone Europe\/Berlin/);
  const exists = new StoreError(
    'STORE_EXISTS',
    '/a',
    'a; pass force to replace it, or import to merge',
  );
  expect(explainError(exists).message).toBe('a; import merges into it');
});
