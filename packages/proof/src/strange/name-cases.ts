// Names in a directory that nobody would give, and files with several names.

import { link, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collect } from '../collect.ts';
import { type Case, type Cases, caseRunner, codeOf, Expectations } from './case.ts';
import { conversation, message, openStore } from './sample-store.ts';

const json = (id: string): string =>
  JSON.stringify({ messages: {}, metadata: { conversation_id: id } });

/** A store with one conversation, and what stands beside it. */
const beside =
  (names: readonly (string | Buffer)[], expected: readonly string[]): Case =>
  async (directory) => {
    const expect = new Expectations();
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 2));
    const files = names.map((name) =>
      Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]),
    );
    for (const path of files) await writeFile(path, json('x'));
    expect.same('list', await store.listConversations(), expected);
    expect.same('stats', (await store.getConversationStats()).totalCount, expected.length);
    await store.appendMessages('a', [message(9)]);
    await collect(store.check());
    await store.recover({ dryRun: true });
    await store
      .createManualBackup()
      .catch((error) => expect.true(`backup: ${error.stack}`, !!error.code));
    expect.same('a', (await store.loadConversation('a')).messages.size, 3);
    for (const path of files) expect.same(`${path} stays`, await readFile(path, 'utf8'), json('x'));
    return expect.problems;
  };

const CASES: Cases = {
  'invalid UTF-8': beside(
    [
      Buffer.from([0xff, 0xfe, 0x61]),
      Buffer.concat([Buffer.from([0xc3, 0x28]), Buffer.from('.txt')]),
    ],
    ['a'],
  ),
  'invalid UTF-8 that looks like ours': async (directory) => {
    const expect = new Expectations();
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 2));
    const name = Buffer.concat([
      Buffer.from(`${directory}/x`),
      Buffer.from([0xff]),
      Buffer.from('_unprocessed.json'),
    ]);
    await writeFile(name, json('x'));
    for (const listed of await store.listConversations()) {
      if (listed !== 'a')
        expect.true('it can be loaded', !!(await codeOf(() => store.loadConversation(listed))));
    }
    await collect(store.check());
    const results = await store.processAllUnprocessed((inHand) => inHand.load());
    expect.same('a', results.get('a')?.status, 'processed');
    await store.recover({ minAgeMs: 0 });
    expect.same('a', (await store.loadConversation('a')).messages.size, 2);
    const all = [directory, join(directory, '.tgstore', 'quarantine')];
    const names = await Promise.all(all.map((path) => readdir(path, 'buffer').catch(() => [])));
    expect.true(
      'it is gone',
      names.flat().some((one) => one.includes(0xff) || one.includes('\ufffd')),
    );
    return expect.problems;
  },
  'control characters': beside(
    ['\n', '\u0001\u007f', 'a\nb', '\u001b[31m', '-rf', ' ', '\u202e'],
    ['a'],
  ),
  'what looks like ours': beside(
    [
      '.x.undo',
      '..undo',
      '_unprocessed.json',
      '.json',
      'a_unprocessed.json~',
      'a_UNPROCESSED.JSON',
      '.a_unprocessed.json',
    ],
    ['a'],
  ),
  'no encoding of an id': beside(['~zz_processed.json', '~4_processed.json'], ['a', '~4', '~zz']),
  'two spellings of one id': async (directory) => {
    const expect = new Expectations();
    await using store = openStore(directory);
    await mkdir(directory, { recursive: true });
    const put = (name: string, id: number): Promise<void> =>
      writeFile(
        join(directory, name),
        JSON.stringify({
          messages: { [id]: message(id) },
          metadata: { conversation_id: 'Ann', chat_type: 'supergroup' },
        }),
      );
    await put('Ann_unprocessed.json', 1);
    await put('~41nn_unprocessed.json', 2);
    await put('Ann_processed.json', 3);
    expect.same('list', await store.listConversations(), ['Ann']);
    await store.appendMessages('Ann', [message(4)]);
    expect.same(
      'united',
      [...(await store.loadConversation('Ann')).messages.keys()],
      ['1', '2', '3', '4'],
    );
    expect.same(
      'one file',
      (await readdir(directory)).filter((name) => name.endsWith('.json')),
      ['~41nn_unprocessed.json'],
    );
    return expect.problems;
  },
  'a conversation with a second name elsewhere': async (directory) => {
    const expect = new Expectations();
    const other = join(directory, 'other');
    await using store = openStore(join(directory, 'chats'));
    await store.saveConversation(conversation('big', 1, 'large '.repeat(60_000)));
    const path = join(directory, 'chats', 'big_unprocessed.json');
    await link(path, other);
    const before = await readFile(other);
    await store.appendMessages('big', [message(2)]);
    expect.true('the other name has other bytes', before.equals(await readFile(other)));
    expect.same('names of the file', (await stat(path)).nlink, 1);
    await store.deleteMessages('big', [1]);
    await store.markAsProcessed('big');
    await store.saveConversation(conversation('big', 1), { force: true });
    expect.true('the other name has other bytes in the end', before.equals(await readFile(other)));
    return expect.problems;
  },
  'a change log with a second name elsewhere': async (directory) => {
    const expect = new Expectations();
    const other = join(directory, 'other');
    await using store = openStore(join(directory, 'chats'));
    await store.saveConversation(conversation('a', 2));
    await store.appendMessages('a', [message(3)]);
    await link(join(directory, 'chats', '.tgstore', 'changes', 'a.jsonl'), other);
    const before = await readFile(other, 'utf8');
    await store.appendMessages('a', [message(4)]);
    expect.same('the other name', await readFile(other, 'utf8'), before);
    return expect.problems;
  },
};

/** Only in the long run. */
const SLOW: Cases = {
  '100,000 foreign files': async (directory) => {
    const expect = new Expectations();
    await using store = openStore(directory);
    await store.saveConversation(conversation('a', 2));
    for (let at = 0; at < 100_000; at += 500) {
      const some = Array.from({ length: 500 }, (_, index) =>
        join(directory, `foreign ${at + index}.txt`),
      );
      await Promise.all(some.map((path) => writeFile(path, '')));
    }
    expect.same('list', await store.listConversations(), ['a']);
    await store.appendMessages('a', [message(9)]);
    const results = await store.processAllUnprocessed(() => {});
    expect.same('process', results.get('a')?.status, 'processed');
    const problems = await collect(store.check());
    expect.same(
      'errors',
      problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    return expect.problems;
  },
};

export const NAME_CASES = Object.keys(CASES);
export const SLOW_NAME_CASES = Object.keys(SLOW);
/** @public Called in a process of its own. */
export const runCase = caseRunner({ ...CASES, ...SLOW });
