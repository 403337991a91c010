import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readReadme } from '@tgstore/testkit';
import { expect, test } from 'vitest';

const readme = await readReadme(import.meta.url);

const RESULT = String.raw`{
 "name": "Ann",
 "type": "personal_chat",
 "id": 12345,
 "messages": [
  {
   "id": 101,
   "type": "message",
   "date_unixtime": "1700051400",
   "from": "Ann Lee",
   "from_id": "user12345",
   "text": "Look\x0Chere"
  },
  {
   "id": 102,
   "type": "message",
   "date_unixtime": "1700051460",
   "from": "Bob",
   "from_id": "user2",
   "text": ["See ", {"type": "link", "text": "https://example.org"}]
  }
 ]
}`;

test('the examples of the README print what the README says', async () => {
  const { printed, said } = await readme.runExamples(async (directory) => {
    await mkdir(join(directory, 'ChatExport_2024-05-01'));
    await writeFile(join(directory, 'ChatExport_2024-05-01', 'result.json'), RESULT);
  });
  expect(printed).toEqual(said);
});

test('the README has every name, option, default, unit and error code, and nothing else', async () => {
  expect(await readme.findProblems()).toEqual([]);
});
