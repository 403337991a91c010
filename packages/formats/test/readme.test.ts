import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'node:util';
import { expect, test } from 'vitest';
import { describeReport, locateExport, openExport } from '../src/index.ts';

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

test('the example of the README prints what stands below it', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const [, example = '', output = ''] = /```ts\n(.*?)```\n\n```text\n(.*?)```/s.exec(readme) ?? [];
  const folder = await mkdtemp(join(tmpdir(), 'tgstore-formats-'));
  await mkdir(join(folder, 'ChatExport_2024-05-01'));
  await writeFile(join(folder, 'ChatExport_2024-05-01', 'result.json'), RESULT);
  let printed = '';
  const names = {
    createReadStream,
    describeReport,
    locateExport: (path: string) => locateExport(join(folder, path)),
    openExport,
    console: { log: (...values: unknown[]) => (printed += `${format(...values)}\n`) },
  };
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  const body = example.replaceAll(/^import .*$/gm, '');
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names));
  await rm(folder, { recursive: true });
  expect(example).toContain('openExport(');
  expect(printed).toBe(output);
});
