import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryName } from '@tgstore/fs';
import { type Message, type Metadata, serializeConversation } from '@tgstore/schema';
import type { CheckCode } from '../../src/index.ts';
import { conversation, message, messages } from './conversations.ts';

/** Something wrong with a store, and what recovery makes of it. */
export interface Damage {
  readonly name: string;
  /** Puts it into a store in which nothing else is wrong. */
  readonly spoil: (path: string) => Promise<unknown>;
  /** What `check()` finds. */
  readonly finds: readonly CheckCode[];
  /** Of each thing that a recovery speaks of, what a dry run says. */
  readonly plans: readonly string[];
  /** And what is said when it is done. */
  readonly told: readonly RegExp[];
  /** What `check()` finds afterwards. @default nothing */
  readonly left?: readonly CheckCode[];
  /** Conversations afterwards, by file name: the ids of their messages. */
  readonly holds?: Readonly<Record<string, string>>;
  /** Conversation files that are no more. */
  readonly gone?: readonly string[];
}

/** The text of a file as we write it, with counts that fit. */
export function textOf(
  id: string,
  list: readonly Message[] = messages(3),
  metadata: Partial<Metadata> = {},
): string {
  const last = list.at(-1);
  const counts: Partial<Metadata> = {
    message_count: list.length,
    ...(last && { last_message_id: last.id, last_message_date: last.date }),
  };
  return serializeConversation(conversation(id, list, { ...counts, ...metadata }));
}

/** Puts files into a store, by relative name. */
export function put(files: Record<string, string | Uint8Array>) {
  return async (path: string): Promise<void> => {
    for (const [name, content] of Object.entries(files)) {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(file, content, { mode: 0o600 });
    }
  };
}

/** The name of a temporary file whose writer is dead. */
export async function nameOfDead(): Promise<string> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  const [, domain] = temporaryName().split('-');
  const pid = Number(child.pid).toString(36).padStart(7, '0');
  return `.tgstore-${domain}-${pid}-0123456789.tmp`;
}

const UNITE = 'merge it into the conversation, and move it to quarantine';
const SAVE = 'save the messages that are whole, and move the file to quarantine';
const MOVE = 'move it to quarantine';
const MERGED = /^mended: merged$/;

const private_ = { chat_type: 'private' } as const;
const other = (id: number): Message => message(id, { date: '2020-05-05T05:05:05Z', text: 'other' });
const cut = (text: string): string => text.slice(0, text.search(/"3": ?\{/) + 9);
const broken = (text: string): string => text.replace('"text 2"', 'text 2');
const bytes = (text: string, at: string, instead: number[]): Uint8Array => {
  const all = Buffer.from(text);
  all.set(instead, all.indexOf(at));
  return all;
};
const lines = (text: string, ...order: number[]): string => {
  const all = text.split('\n');
  const picked = order.map((index) => all[index]?.replace(/,$/, '')).join(',\n');
  return [all[0], picked, ...all.slice(4)].join('\n');
};
const closing = (revision: number, previous: number | null): string =>
  `{"revision":${revision},"revision_id":"r${revision}","size":1,"at":"2024-01-01T00:00:00Z","operation":"append","previous":${
    previous === null ? 'null' : `{"revision":${previous},"revision_id":"r${previous}","size":1}`
  },"bytes":0}\n`;

export const DAMAGES: readonly Damage[] = [
  {
    name: 'both names: the messages of the processed one come to the unprocessed one',
    spoil: put({
      '2_unprocessed.json': textOf('2', messages([1, 2])),
      '2_processed.json': textOf('2', messages([2, 3])),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [MERGED],
    holds: { '2_unprocessed.json': '1 2 3' },
    gone: ['2_processed.json'],
  },
  {
    name: 'a canonical and a raw name',
    spoil: put({
      '~41nn_processed.json': textOf('Ann', messages([1, 2])),
      'Ann_processed.json': textOf('Ann', messages([2, 3])),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [MERGED],
    holds: { '~41nn_unprocessed.json': '1 2 3' },
    gone: ['Ann_processed.json', '~41nn_processed.json'],
  },
  {
    name: 'a canonical and a raw name, where nothing new stands in the other: it stays processed',
    spoil: put({
      '~41nn_processed.json': textOf('Ann', messages(3)),
      'Ann_processed.json': textOf('Ann', messages(2)),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [MERGED],
    holds: { '~41nn_processed.json': '1 2 3' },
    gone: ['Ann_processed.json'],
  },
  {
    name: 'four names',
    spoil: put({
      '~41nn_unprocessed.json': textOf('Ann', messages([1])),
      'Ann_unprocessed.json': textOf('Ann', messages([2])),
      '~41nn_processed.json': textOf('Ann', messages([3])),
      'Ann_processed.json': textOf('Ann', messages([4])),
    }),
    finds: ['CHECK_BOTH_NAMES', 'CHECK_BOTH_NAMES', 'CHECK_BOTH_NAMES'],
    plans: [UNITE, UNITE, UNITE].map((what) => `would-mend: ${what}`),
    told: [MERGED, /^mended: merged/, /^mended: merged/],
    holds: { '~41nn_unprocessed.json': '1 2 3 4' },
    gone: ['Ann_unprocessed.json', 'Ann_processed.json', '~41nn_processed.json'],
  },
  {
    name: 'both names, the unprocessed one broken',
    spoil: put({
      '2_unprocessed.json': broken(textOf('2')),
      '2_processed.json': textOf('2', messages([2, 4])),
    }),
    finds: ['CHECK_BOTH_NAMES', 'CHECK_UNREADABLE'],
    plans: [`would-mend: ${UNITE}`, `would-mend: ${SAVE}`],
    told: [/^mended: saved 2 messages; \d+ bytes could not be read$/],
    holds: { '2_unprocessed.json': '1 2 3 4' },
    gone: ['2_processed.json'],
  },
  {
    name: 'both names, the processed one broken',
    spoil: put({
      '2_unprocessed.json': textOf('2', messages([2, 4])),
      '2_processed.json': broken(textOf('2')),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [/^mended: saved 2 messages; \d+ bytes could not be read$/],
    holds: { '2_unprocessed.json': '1 2 3 4' },
    gone: ['2_processed.json'],
  },
  {
    name: 'both names, one with a broken message that the other lacks: it does not spread',
    spoil: put({
      '2_unprocessed.json': textOf('2', messages([1, 4])),
      '2_processed.json': broken(textOf('2')),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [/^mended: saved 2 messages; \d+ bytes could not be read$/],
    holds: { '2_unprocessed.json': '1 3 4' },
    gone: ['2_processed.json'],
  },
  {
    name: 'both names, both broken',
    spoil: put({
      '2_unprocessed.json': broken(textOf('2')),
      '2_processed.json': cut(textOf('2', messages([2, 3, 4]))),
    }),
    finds: ['CHECK_BOTH_NAMES', 'CHECK_UNREADABLE'],
    plans: [`would-mend: ${UNITE}`, `would-mend: ${SAVE}`],
    told: [/^mended: saved 2 messages; \d+ bytes could not be read/],
    holds: { '2_unprocessed.json': '1 2 3' },
    gone: ['2_processed.json'],
  },
  {
    name: 'both names, nothing whole in one of them',
    spoil: put({ '2_unprocessed.json': 'no JSON', '2_processed.json': textOf('2') }),
    finds: ['CHECK_BOTH_NAMES', 'CHECK_UNREADABLE'],
    plans: [`would-mend: ${UNITE}`, `would-mend: ${SAVE}`],
    told: [/^mended: nothing in it is whole$/],
    holds: { '2_processed.json': '1 2 3' },
    gone: ['2_unprocessed.json'],
  },
  {
    name: 'both names, of two accounts',
    spoil: put({
      '2_unprocessed.json': textOf('2', messages([1, 2]), private_),
      '2_processed.json': textOf('2', [message(1), other(2)], private_),
    }),
    finds: ['CHECK_BOTH_NAMES'],
    plans: [`would-mend: ${UNITE}`],
    told: [/^left: message 2 is another one in what comes in: .* keep them in two stores$/],
    left: ['CHECK_BOTH_NAMES'],
    holds: { '2_unprocessed.json': '1 2' },
  },
  {
    name: 'both names, of two accounts, one broken: what is whole of it stays beside the other',
    spoil: put({
      '2_unprocessed.json': broken(textOf('2', messages(3), private_)),
      '2_processed.json': textOf('2', [message(1), other(3)], private_),
    }),
    finds: ['CHECK_BOTH_NAMES', 'CHECK_UNREADABLE'],
    plans: [`would-mend: ${UNITE}`, `would-mend: ${SAVE}`],
    told: [/^left: message 3 is another one in what comes in/],
    left: ['CHECK_BOTH_NAMES'],
    holds: { '2_unprocessed.json': '1 3', '2_processed.json': '1 3' },
  },
  ...(
    [
      ['cut off', cut(textOf('2')), '1 2'],
      ['cut off within the metadata', textOf('2').slice(0, -40), '1 2 3'],
      ['zeros at its end', `${textOf('2').slice(0, -60)}${'\0'.repeat(60)}`, '1 2 3'],
      ['zeros in one line', bytes(textOf('2'), '"text 2"', [0, 0, 0, 0, 0]), '1 3'],
      ['garbage in one line', broken(textOf('2')), '1 3'],
      ['invalid UTF-8', bytes(textOf('2'), 'ext 2', [0xff]), '1 3'],
      ['a message that is not valid', textOf('2').replace('"text 2"', '2'), '1 3'],
      ['in a foreign layout', cut(JSON.stringify(JSON.parse(textOf('2')), null, 2)), '1 2'],
    ] as const
  ).map(
    ([name, content, ids]): Damage => ({
      name: `unreadable: ${name}`,
      spoil: put({ '2_unprocessed.json': content }),
      finds: ['CHECK_UNREADABLE'],
      plans: [`would-mend: ${SAVE}`],
      told: [/^mended: saved \d messages; \d+ bytes could not be read$/],
      holds: { '2_unprocessed.json': ids },
    }),
  ),
  {
    name: 'unreadable: messages out of order in the line layout',
    spoil: put({ '2_unprocessed.json': lines(textOf('2'), 2, 3, 1) }),
    finds: ['CHECK_UNREADABLE'],
    plans: [`would-mend: ${SAVE}`],
    told: [/^mended: put its messages in order$/],
    holds: { '2_unprocessed.json': '1 2 3' },
  },
  {
    name: 'unreadable under the processed name: it comes back unprocessed',
    spoil: put({ '2_processed.json': broken(textOf('2')) }),
    finds: ['CHECK_UNREADABLE'],
    plans: [`would-mend: ${SAVE}`],
    told: [/^mended: saved 2 messages/],
    holds: { '2_unprocessed.json': '1 3' },
    gone: ['2_processed.json'],
  },
  {
    name: 'unreadable under a raw name',
    spoil: put({ 'Ann_processed.json': broken(textOf('Ann')) }),
    finds: ['CHECK_RAW_NAME', 'CHECK_UNREADABLE'],
    plans: [`would-mend: ${SAVE}`],
    told: [/^mended: saved 2 messages/],
    holds: { '~41nn_unprocessed.json': '1 3' },
    gone: ['Ann_processed.json'],
  },
  ...(
    [
      ['no JSON', 'hello'],
      ['zeros', '\0'.repeat(9000)],
      ['empty', ''],
    ] as const
  ).map(
    ([name, content]): Damage => ({
      name: `nothing whole in it: ${name}`,
      spoil: put({ '2_processed.json': content }),
      finds: ['CHECK_UNREADABLE'],
      plans: [`would-mend: ${SAVE}`],
      told: [/^mended: nothing in it is whole$/],
      gone: ['2_processed.json', '2_unprocessed.json'],
    }),
  ),
  {
    name: 'nothing whole in it: its records go with it',
    spoil: put({
      '2_processed.json': '\0'.repeat(500),
      '.tgstore/state/2.json': '{}\n',
      '.tgstore/changes/2.jsonl': closing(1, null),
    }),
    finds: ['CHECK_UNREADABLE'],
    plans: [`would-mend: ${SAVE}`],
    told: [/^mended: nothing in it is whole$/],
    gone: ['2_processed.json', '.tgstore/state/2.json', '.tgstore/changes/2.jsonl'],
  },
  {
    name: 'a file of a newer release',
    spoil: put({
      '2_processed.json': textOf('2').replace('"schema_version":1', '"schema_version":99'),
    }),
    finds: ['CHECK_UNREADABLE'],
    plans: [`would-mend: ${SAVE}`],
    told: [/^left: .*written in format 99.*update tgstore/],
    left: ['CHECK_UNREADABLE'],
  },
  {
    name: 'wrong counts: the status stays',
    spoil: put({
      '2_processed.json': textOf('2', messages(3), {
        message_count: 4,
        last_message_id: 2,
        last_message_date: '2024-01-01T00:00:02Z',
      }),
    }),
    finds: ['CHECK_WRONG_METADATA', 'CHECK_WRONG_METADATA', 'CHECK_WRONG_METADATA'],
    plans: ['count anew', 'count anew', 'count anew'].map((what) => `would-mend: ${what}`),
    told: [/^mended: counted anew$/, /^mended: counted anew$/, /^mended: counted anew$/],
    holds: { '2_processed.json': '1 2 3' },
  },
  {
    name: 'wrong counts, and others may read it',
    spoil: async (path) => {
      await put({ '2_unprocessed.json': textOf('2', messages(3), { message_count: 4 }) })(path);
      await chmod(join(path, '2_unprocessed.json'), 0o644);
    },
    finds: ['CHECK_WRONG_METADATA', 'CHECK_PERMISSIONS'],
    plans: ['would-mend: count anew', 'would-mend: let nobody else read it'],
    told: [/^mended: counted anew$/, /^mended: /],
    holds: { '2_unprocessed.json': '1 2 3' },
  },
  {
    name: 'the id of another conversation',
    spoil: put({ '2_unprocessed.json': textOf('3') }),
    finds: ['CHECK_WRONG_ID'],
    plans: ['left: correct conversation_id, or rename the file'],
    told: [/^left: correct conversation_id, or rename the file$/],
    left: ['CHECK_WRONG_ID'],
  },
  {
    name: 'a damaged state',
    spoil: put({ '.tgstore/state/9.json': '{"processed":' }),
    finds: ['CHECK_STATE_DAMAGED'],
    plans: [`would-mend: ${MOVE}`],
    told: [/^mended: moved away$/],
    holds: { '9_processed.json': '1 2 3' },
    gone: ['.tgstore/state/9.json'],
  },
  {
    name: 'a damaged change log',
    spoil: put({ '.tgstore/changes/9.jsonl': `${closing(1, null)}{"added":\n${closing(2, 1)}` }),
    finds: ['CHECK_CHANGES_DAMAGED'],
    plans: [`would-mend: ${MOVE}`],
    told: [/^mended: moved away$/],
    gone: ['.tgstore/changes/9.jsonl'],
  },
  {
    name: 'records of what is no more, and of nothing',
    spoil: put({
      '.tgstore/state/7.json': '{}\n',
      '.tgstore/changes/7.jsonl': closing(1, null),
      '.tgstore/state/notes.txt': 'mine',
    }),
    finds: ['CHECK_ORPHAN', 'CHECK_ORPHAN', 'CHECK_ORPHAN'],
    plans: [MOVE, MOVE, MOVE].map((what) => `would-mend: ${what}`),
    told: [/moved away/, /moved away/, /moved away/],
    gone: ['.tgstore/state/7.json', '.tgstore/changes/7.jsonl', '.tgstore/state/notes.txt'],
  },
  {
    name: 'a file that others may read',
    spoil: (path) => chmod(join(path, '9_processed.json'), 0o644),
    finds: ['CHECK_PERMISSIONS'],
    plans: ['would-mend: let nobody else read it'],
    told: [/^mended: nobody else can read it now$/],
    holds: { '9_processed.json': '1 2 3' },
  },
  {
    name: 'a raw name, which migrate changes',
    spoil: put({ 'Ann_processed.json': textOf('Ann') }),
    finds: ['CHECK_RAW_NAME'],
    plans: [],
    told: [],
    left: ['CHECK_RAW_NAME'],
    holds: { 'Ann_processed.json': '1 2 3' },
  },
  {
    name: 'a raw name that is too long for ours',
    spoil: put({ [`${'A'.repeat(80)}_processed.json`]: textOf('A'.repeat(80)) }),
    finds: ['CHECK_RAW_NAME'],
    plans: ['left: give file and conversation_id a shorter id'],
    told: [/^left: give file and conversation_id a shorter id$/],
    left: ['CHECK_RAW_NAME'],
  },
  {
    name: 'a foreign layout, which migrate changes',
    spoil: put({ '2_processed.json': JSON.stringify(JSON.parse(textOf('2')), null, 4) }),
    finds: ['CHECK_FOREIGN_LAYOUT'],
    plans: [],
    told: [],
    left: ['CHECK_FOREIGN_LAYOUT'],
    holds: { '2_processed.json': '1 2 3' },
  },
  {
    name: 'foreign entries and old locks',
    spoil: async (path) => {
      await put({ 'notes.txt': 'mine', '2_done.json': '{', 'folder/1_unprocessed.json': '{' })(
        path,
      );
      await put({ '.hidden_processed.json': '{', '1_unprocessed.json.lock': '' })(path);
      await symlink('/etc', join(path, 'etc'));
    },
    finds: [
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_LEFTOVER_LOCK',
    ],
    plans: [],
    told: [],
    left: [
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_FOREIGN_ENTRY',
      'CHECK_LEFTOVER_LOCK',
    ],
  },
  ...(
    [
      ['a symlink', (path: string) => symlink('../outside.json', path)],
      ['a symlink to a conversation', (path: string) => symlink('1_unprocessed.json', path)],
      ['a symlink to nowhere', (path: string) => symlink('nowhere', path)],
      ['a FIFO', (path: string) => promisify(execFile)('mkfifo', [path])],
      ['a directory', (path: string) => mkdir(path)],
    ] as const
  ).map(
    ([what, make]): Damage => ({
      name: `${what} in the place of a conversation`,
      spoil: (path) => make(join(path, '2_unprocessed.json')),
      finds: ['CHECK_UNREADABLE'],
      plans: [`would-mend: ${SAVE}`],
      told: [/^left: .*2_unprocessed\.json is no regular file; move it away$/],
      left: ['CHECK_UNREADABLE'],
    }),
  ),
  ...(
    [
      ['a symlink', (path: string) => symlink('1_unprocessed.json', path)],
      ['a FIFO', (path: string) => promisify(execFile)('mkfifo', [path])],
      ['a directory', (path: string) => mkdir(path)],
    ] as const
  ).map(
    ([what, make]): Damage => ({
      name: `${what} under the second name of a conversation`,
      spoil: (path) => make(join(path, '1_processed.json')),
      finds: ['CHECK_BOTH_NAMES'],
      plans: [`would-mend: ${UNITE}`],
      told: [/^left: .*1_processed\.json is no regular file; move it away$/],
      left: ['CHECK_BOTH_NAMES'],
      holds: { '1_unprocessed.json': '1 2 3' },
    }),
  ),
  {
    name: 'a temporary file of a living writer',
    spoil: put({ [temporaryName()]: 'half' }),
    finds: ['CHECK_TEMPORARY_FILE'],
    plans: [],
    told: [],
    left: ['CHECK_TEMPORARY_FILE'],
  },
];
