import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serializeConversation } from '@tgstore/schema';
import { tempDirectory } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConversationFile } from '../src/conversation-file.ts';
import { collect } from './support/collect.ts';
import { conversation, message } from './support/conversations.ts';

// fast-check prints seed and counterexample when it fails

const WHOLE = serializeConversation(
  conversation('1', [
    message(-2, { text: 'a "},\n"metadata":{}}' }),
    message(1, { raw_data: { list: [1, { a: null }], text: '\\' } }),
    message(30, { text: '😀', reactions: [{ emoji: '👍', count: 2 }] }),
  ]),
);
const END_OF_MESSAGES = WHOLE.lastIndexOf('\n},\n');

test('streaming never gives other messages than parsing the whole, however a file is damaged', async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, '1_unprocessed.json');
  const structure = fc.constantFrom(
    ...'{}[]",:\\\n \t0a-'.split(''),
    '},\n',
    '"2":{',
    '\u00ff',
    '',
  );
  const edit = fc.record({ at: fc.nat(END_OF_MESSAGES + 4), cut: fc.nat(3), put: structure });
  let differing = 0;
  let broken = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 2 }), async (edits) => {
      let text = WHOLE;
      for (const { at, cut, put } of edits) text = text.slice(0, at) + put + text.slice(at + cut);
      await writeFile(path, text, text.includes('\u00ff') ? 'latin1' : 'utf8');
      await using file = await ConversationFile.open(path);
      const streamed = await collect(file.messages()).catch(() => undefined);
      const parsed = await file.load().catch(() => undefined);
      if (parsed === undefined) broken += 1;
      else if (text !== WHOLE) differing += 1;
      if (streamed === undefined) return;
      expect(parsed, 'streamed, but can not be parsed').toBeDefined();
      expect(streamed).toEqual([...(parsed?.messages.values() ?? [])]);
    }),
    { numRuns: 4_000 },
  );
  // else the damage was of one kind only
  expect(broken).toBeGreaterThan(500);
  expect(differing).toBeGreaterThan(100);
});
