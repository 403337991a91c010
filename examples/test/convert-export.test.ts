import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tempDirectory, writeSampleExport } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { hasPlainSyntax, runExample } from './support/run-example.ts';

const example = 'convert-export/convert.mjs';
// Real and broken exports of other people's test suites; they stand beside the checkout, where they are there at all.
const fixtures = join(import.meta.dirname, '../../../shared/fixtures');

test('every message of an account is there once, in the file of its chat', async () => {
  await using dir = await tempDirectory();
  // without the defects, so that JSON.parse can say what is in it
  const { path } = await writeSampleExport(dir.path, { messages: 500, defects: false });
  const output = join(dir.path, 'out');
  const { status, stdout } = await runExample(example, [dir.path, output]);

  const { chats, left_chats } = JSON.parse(await readFile(path, 'utf8'));
  const all: { id: number; type: string; messages: { id: number }[] }[] = [
    ...chats.list,
    ...left_chats.list,
  ];
  const expected = new Map(
    all.map(({ id, type, messages }) => [chatId(id, type), messages.map((message) => message.id)]),
  );
  expect(await messageIds(output)).toEqual(expected);
  const total = [...expected.values()].flat().length;
  expect(stdout).toBe(`${expected.size} conversations, ${total} messages\n`);
  expect(status).toBe(0);
});

test('an export that is cut off gives every whole message before the cut, and status 3', async () => {
  await using dir = await tempDirectory();
  const { path } = await writeSampleExport(dir.path, { messages: 500 });
  const bytes = await readFile(path);
  const [whole, cut] = [join(dir.path, 'whole'), join(dir.path, 'cut')];
  expect((await runExample(example, [path, whole])).status).toBe(0);
  const input = bytes.subarray(0, Math.floor(bytes.length / 2));
  const { status, stderr } = await runExample(example, ['-', cut], { input });

  expect(status).toBe(3);
  expect(stderr).toContain(`The input ends early, at byte ${input.length}`);
  const [all, some] = [await messageIds(whole), await messageIds(cut)];
  expect(some.size).toBeLessThan(all.size);
  for (const [chat, ids] of some) expect(ids).toEqual(all.get(chat)?.slice(0, ids.length));
});

test('memory does not grow with the export', async () => {
  await using dir = await tempDirectory();
  // the text alone is larger than the heap
  const { bytes, messages } = await writeSampleExport(dir.path, {
    bytes: 80_000_000,
    messages: 1e9,
  });
  const { status, stdout } = await runExample(example, [dir.path, join(dir.path, 'out')], {
    nodeOptions: ['--max-old-space-size=64'],
  });
  expect(bytes).toBeGreaterThan(75_000_000);
  expect(stdout).toContain(`${messages} messages`);
  expect(status).toBe(0);
});

test('wrong arguments are 2; no export, and a directory that exists, are 1', async () => {
  await using dir = await tempDirectory();
  await writeSampleExport(dir.path, { messages: 0 });
  await mkdir(join(dir.path, 'there'));
  const noOutput = await runExample(example, [dir.path]);
  expect([noOutput.status, noOutput.stderr]).toEqual([2, expect.stringContaining('usage')]);
  const noExport = await runExample(example, [join(dir.path, 'none'), join(dir.path, 'out')]);
  expect([noExport.status, noExport.stderr]).toEqual([
    1,
    expect.stringMatching(/^FORMAT_NOT_FOUND/),
  ]);
  const exists = await runExample(example, [dir.path, join(dir.path, 'there')]);
  expect([exists.status, exists.stderr]).toEqual([1, expect.stringMatching(/^EEXIST/)]);
  expect(existsSync(join(dir.path, 'out'))).toBe(false);
});

test.skipIf(!existsSync(fixtures))(
  'strange real exports give what their report counts',
  async () => {
    await using dir = await tempDirectory();
    const names = readdirSync(fixtures).filter((name) => /^odd-.*\.json$/.test(name));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const output = join(dir.path, name);
      const { status, stdout } = await runExample(example, [join(fixtures, name), output]);
      if (name.startsWith('odd-empty-file')) {
        expect(status, name).toBe(1);
        continue;
      }
      expect(status, name).toBe(0);
      const written = await messageIds(output);
      const messages = [...written.values()].flat().length;
      expect(stdout, name).toBe(`${written.size} conversations, ${messages} messages\n`);
    }
  },
);

test('it runs on this Node without a loader', async () => {
  expect(await hasPlainSyntax(example)).toBe(true);
});

/** The ids of the messages by chat, from the files that `chats.jsonl` names, and no others are there. */
async function messageIds(output: string): Promise<Map<string, unknown[]>> {
  const chats = jsonLines(join(output, 'chats.jsonl'));
  const files = chats.map(({ file }) => file as string);
  expect((await readdir(output)).toSorted()).toEqual(['chats.jsonl', ...files].toSorted());
  return new Map(
    chats.map(({ file, conversation_id }) => [
      conversation_id as string,
      jsonLines(join(output, file as string)).map(({ id }) => id),
    ]),
  );
}

function jsonLines(path: string): Record<string, unknown>[] {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** As docs/format.md has it. */
function chatId(id: number, type: string): string {
  if (type === 'private_group') return `-${id}`;
  return /channel|supergroup/.test(type) ? `-${1_000_000_000_000 + id}` : `${id}`;
}
