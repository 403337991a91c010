import { constants } from 'node:buffer';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_LINE, messageLine, serializeConversation } from '@tgstore/schema';
import { runTypeScript, tempDirectory } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { conversation, message } from './support/conversations.ts';

const COUNT = 140;
const LENGTH = 4_000_000;

// it takes 560 MB of disk, about as much memory, and some seconds
test('a conversation is loaded whose text is longer than a string can be', {
  timeout: 300_000,
}, async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  await writeFile(path, lines());
  expect((await stat(path)).size).toBeGreaterThan(constants.MAX_STRING_LENGTH);
  const output = await runTypeScript(new URL('support/load-conversation.ts', import.meta.url), {
    args: [path],
    nodeOptions: ['--max-old-space-size=3000'],
  });
  expect(output).toBe(`${COUNT} ${COUNT * LENGTH}`);
});

function* lines(): Generator<string> {
  const [, tail = ''] = serializeConversation(conversation('1', [])).split('},\n');
  yield FIRST_LINE;
  const text = 'x'.repeat(LENGTH);
  for (let id = 1; id <= COUNT; id += 1) {
    yield `${id > 1 ? ',\n' : ''}${messageLine(message(id, { text }))}`;
  }
  yield `\n},\n${tail}`;
}
