// Documents that are deeper, larger or more broken than any that was meant.

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { loadConfig } from '@tgstore/core';
import { collect } from '../collect.ts';
import { type Case, type Cases, caseRunner, codeOf, Expectations } from './case.ts';
import { conversation, message, openStore } from './sample-store.ts';

const LEVELS = 100_000;
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const file = (messages: string, metadata = ''): string =>
  `{"messages":{\n${messages}\n},\n"metadata":{"conversation_id":"x","chat_type":"supergroup"${metadata}}}\n`;
const CODE = /^(?:STORE|SCHEMA|FORMAT|BACKUP)_[A-Z_]+(?:,(?:STORE|SCHEMA)_[A-Z_]+)*$/;

/** A conversation file that is refused, by everything that reads it, while all else goes on. */
const refused =
  (content: string | Uint8Array): Case =>
  async (directory) => {
    const expect = new Expectations();
    const chats = join(directory, 'chats');
    await using store = openStore(chats);
    await store.saveConversation(conversation('a', 2));
    await writeFile(join(chats, 'x_unprocessed.json'), content);
    const works: Record<string, () => Promise<unknown>> = {
      load: () => store.loadConversation('x'),
      stream: () => collect(store.readMessages('x')),
      append: () => store.appendMessages('x', [{ ...message(1), text: 'other' }]),
      search: () => collect(store.searchMessages('no such text')),
      export: () => store.exportConversationsToJson(join(directory, 'bundle.json')),
    };
    let refusals = 0;
    for (const [name, work] of Object.entries(works)) {
      const code = await codeOf(work);
      if (code !== undefined) refusals += 1;
      expect.true(`${name}: ${code}`, code === undefined || CODE.test(code));
    }
    expect.true('nothing refuses it', refusals > 0);
    const results = await store.processAllUnprocessed((inHand) => inHand.load());
    expect.same('a', results.get('a')?.status, 'processed');
    await collect(store.check());
    await store.createManualBackup();
    await store.recover({ minAgeMs: 0 });
    expect.same('a', (await store.loadConversation('a')).messages.size, 2);
    return expect.problems;
  };

/** A conversation file that is read right. */
const right =
  (content: string, expected: (text: string) => boolean): Case =>
  async (directory) => {
    const expect = new Expectations();
    const chats = join(directory, 'chats');
    await mkdir(chats);
    await using store = openStore(chats);
    await writeFile(join(chats, 'x_unprocessed.json'), content);
    await store.appendMessages('x', [message(9)]);
    const { messages } = await store.loadConversation('x');
    const print = (value: unknown): string =>
      JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}n` : item));
    expect.true(`read as ${print([...messages])}`.slice(0, 500), expected(print([...messages])));
    return expect.problems;
  };

/** A file beside the conversations, of whatever kind: all goes on. */
const beside =
  (place: string, content: string): Case =>
  async (directory) => {
    const expect = new Expectations();
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 2));
    await store.appendMessages('a', [message(3)]);
    await mkdir(join(directory, '.tgstore', 'state'), { recursive: true });
    await writeFile(join(directory, place), content);
    await collect(store.check());
    await collect(store.listFailed());
    await store.changes('a', { sinceRevision: 1 });
    await using again = openStore(directory);
    await again.appendMessages('a', [message(4)]);
    const results = await again.processAllUnprocessed((inHand) => inHand.load());
    expect.same('process', results.get('a')?.status, 'processed');
    return expect.problems;
  };

const exported =
  (content: string | Uint8Array): Case =>
  async (directory) => {
    const expect = new Expectations();
    const path = join(directory, 'result.json');
    await writeFile(path, content);
    await using store = openStore(join(directory, 'chats'));
    const code = await codeOf(() => store.importConversationsFromJson(path));
    expect.true(`import: ${code}`, code === undefined || CODE.test(code));
    return expect.problems;
  };

const config =
  (content: string | Uint8Array): Case =>
  async (directory) => {
    await writeFile(join(directory, 'config.yaml'), content);
    const code = await codeOf(() => loadConfig({ workingDirectory: directory, env: {} }));
    return code === undefined || code === 'STORE_CONFIG_INVALID' ? [] : [`config: ${code}`];
  };

const huge = (levels: number): string =>
  `{"format":"tgstore-bundle","version":1,"conversations":${nested(levels)}}`;

const CASES: Cases = {
  'a deep message': refused(file(`"1":{"id":1,"text":"x","raw_data":{"a":${nested(LEVELS)}}}`)),
  'deep metadata': refused(file('"1":{"id":1,"text":"x"}', `,"a":${nested(LEVELS)}`)),
  'deep from the start': refused(nested(LEVELS)),
  'deep and never closed': refused('{"a":'.repeat(LEVELS)),
  'a deep message in a foreign layout': refused(
    `{"metadata":{"conversation_id":"x"},"messages":{"1":{"id":1,"raw_data":{"a":${nested(LEVELS)}}}}}`,
  ),
  'a number of 400 digits': right(
    file(`"1":{"id":1,"text":"x","raw_data":{"n":${'7'.repeat(400)}}}`),
    (text) => text.includes(`${'7'.repeat(400)}n`),
  ),
  'numbers beyond 2^53': right(
    file(
      '"9007199254740993":{"id":9007199254740993,"text":"x","raw_data":{"n":-9007199254740993}}',
    ),
    (text) => text.includes('"9007199254740993n"') && text.includes('"-9007199254740993n"'),
  ),
  '1e999': refused(file('"1":{"id":1,"text":"x","raw_data":{"n":1e999}}')),
  '-0': right(file('"1":{"id":1,"text":"x","raw_data":{"n":-0}}'), (text) => /"n":-?0/.test(text)),
  'lone surrogates': right(file('"1":{"id":1,"text":"\\ud800x\\udc00"}'), (text) =>
    text.includes('\\ud800x\\udc00'),
  ),
  'NUL in texts and keys': right(
    file('"1":{"id":1,"text":"a\\u0000b","\\u0000":"\\u0000"}'),
    (text) => text.includes('a\\u0000b'),
  ),
  '__proto__ as a key': right(
    file(
      '"1":{"id":1,"text":"x","__proto__":{"polluted":true},"raw_data":{"__proto__":{"polluted":true}}}',
    ),
    (text) => text.includes('"__proto__":{"polluted":true}'),
  ),
  'invalid UTF-8': refused(
    Buffer.concat([
      Buffer.from('{"messages":{\n"1":{"id":1,"text":"'),
      Buffer.from([0xff, 0xc0, 0x80]),
      Buffer.from('"}\n},\n"metadata":{"conversation_id":"x"}}\n'),
    ]),
  ),
  'a raw NUL': refused(file('"1":{"id":1,"text":"\0"}')),
  'a key twice': right(file('"1":{"id":1,"text":"x"}', ',"chat_type":"supergroup"'), (text) =>
    text.includes('"x"'),
  ),
  'a deep state': beside('.tgstore/state/a.json', `{"processed":${nested(LEVELS)}}`),
  'a deep store.json': beside('.tgstore/store.json', nested(LEVELS)),
  'a deep change log': beside(
    '.tgstore/changes/a.jsonl',
    `{"edited":"1","before":${nested(LEVELS)}}\n`,
  ),
  'a change log with a deep revision': beside(
    '.tgstore/changes/a.jsonl',
    `{"revision":${nested(LEVELS)}}\n`,
  ),
  'a change log that leads to 1e999': beside(
    '.tgstore/changes/a.jsonl',
    '{"revision":1e999,"revision_id":"x","size":1e999,"bytes":1e999,"previous":null}\n',
  ),
  'a deep bundle': exported(huge(LEVELS)),
  'a deep export': exported(
    `{"name":"x","type":"personal_chat","id":1,"messages":[{"id":1,"type":"message","text":${nested(LEVELS)}}]}`,
  ),
  'an export that is never closed': exported('{"chats":'.repeat(LEVELS)),
  'an export with huge numbers': exported(
    `{"name":"x","type":"personal_chat","id":${'9'.repeat(400)},"messages":[{"id":1e999,"type":"message","date_unixtime":"${'9'.repeat(400)}","text":"x"}]}`,
  ),
  'a deep configuration': config(nested(LEVELS)),
  'a configuration of aliases': config(
    `a: &a [x,x,x,x,x,x,x,x]\n${Array.from(
      { length: 20 },
      (_, n) =>
        `a${n}: &a${n} [${Array(8)
          .fill(n ? `*a${n - 1}` : '*a')
          .join()}]`,
    ).join('\n')}\n`,
  ),
  'a configuration of no UTF-8': config(new Uint8Array([0xff, 0xfe, 0, 1, 2])),
  'a configuration with __proto__': config(
    '__proto__:\n  polluted: true\ningestors:\n  __proto__: {polluted: true}\n',
  ),
};

/** Only in the long run: 600 MB. */
const LARGE: Cases = {
  'a line of 600 MB in a conversation': async (directory) => {
    const path = join(directory, 'chats', 'x_unprocessed.json');
    await mkdir(join(directory, 'chats'));
    await writeLine(
      path,
      '{"messages":{\n"1":{"id":1,"text":"',
      '"}\n},\n"metadata":{"conversation_id":"x"}}\n',
    );
    await using store = openStore(join(directory, 'chats'));
    const code = await codeOf(() => store.loadConversation('x'));
    const found = await collect(store.check());
    const isTold = found.some(({ severity }) => severity === 'error');
    return code && CODE.test(code) && isTold
      ? []
      : [`load: ${code}, check: ${JSON.stringify(found)}`];
  },
  'a line of 600 MB in an export': async (directory) => {
    const path = join(directory, 'result.json');
    await writeLine(
      path,
      '{"name":"x","type":"personal_chat","id":1,"messages":[{"id":1,"type":"message","text":"',
      '"}]}',
    );
    await using store = openStore(join(directory, 'chats'));
    const code = await codeOf(() => store.importConversationsFromJson(path));
    return code && CODE.test(code) ? [] : [`import: ${code}`];
  },
};

async function writeLine(path: string, head: string, end: string): Promise<void> {
  const stream = createWriteStream(path);
  const chunk = 'x'.repeat(2 ** 20);
  stream.write(head);
  for (let count = 0; count < 600; count += 1) {
    if (!stream.write(chunk)) await once(stream, 'drain');
  }
  stream.end(end);
  await finished(stream);
}

export const DOCUMENT_CASES = Object.keys(CASES);
export const LARGE_CASES = Object.keys(LARGE);
/** @public Called in a process of its own. */
export const runCase = caseRunner({ ...CASES, ...LARGE });
