import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDirectory, writeSampleExport } from '../src/index.ts';
import { exportBytes, type ParsedChat, type Part, parsedExport } from './support/export.ts';

const parsed = parsedExport({ messages: 3000 });
const chats = [...parsed.chats.list, ...parsed.left_chats.list];
const messages = chats.flatMap((chat) => chat.messages);

test('the same seed gives the same bytes', () => {
  expect(
    exportBytes({ seed: 5, messages: 500 }).equals(exportBytes({ seed: 5, messages: 500 })),
  ).toBe(true);
});

test('another seed gives other bytes', () => {
  expect(
    exportBytes({ seed: 5, messages: 500 }).equals(exportBytes({ seed: 6, messages: 500 })),
  ).toBe(false);
});

test('a file is written, and its numbers are reported', async () => {
  await using directory = await tempDirectory();
  const inside = join(directory.path, 'new', 'folder');
  const written = await writeSampleExport(inside, { messages: 1000, defects: false });
  const bytes = await readFile(written.path);
  const { chats: listed, left_chats: left } = JSON.parse(bytes.toString());
  const all: ParsedChat[] = [...listed.list, ...left.list];
  expect(written).toEqual({
    path: join(inside, 'result.json'),
    bytes: bytes.length,
    conversations: all.length,
    messages: all.reduce((sum, chat) => sum + chat.messages.length, 0),
  });
});

test.each([1000, 20_000])('about %i messages are written when asked for', (wanted) => {
  const { chats: listed, left_chats: left } = parsedExport({ messages: wanted });
  const count = [...listed.list, ...left.list].flatMap((chat) => chat.messages).length;
  expect(count / wanted).toBeGreaterThan(0.95);
  expect(count / wanted).toBeLessThan(1.1);
});

test('a size in bytes is kept, and growth goes to the supergroup and the channel', () => {
  for (const bytes of [2_000_000, 20_000_000, 80_000_000]) {
    expect(exportBytes({ bytes, messages: 7 }).length / bytes).toBeCloseTo(1, 1);
  }
  const big = parsedExport({ bytes: 80_000_000 }).chats.list.map(({ messages }) => messages.length);
  const sorted = big.sort((a, b) => b - a) as [number, number, number];
  expect(sorted[1]).toBeGreaterThan(sorted[2] * 2);
});

test('messages have the size of those in real exports', () => {
  const { chats: listed } = parsedExport();
  const count = listed.list.flatMap((chat) => chat.messages).length;
  const average = exportBytes().length / count;
  expect(average).toBeGreaterThan(500);
  expect(average).toBeLessThan(900);
});

test('all kinds of chats are there', () => {
  expect(new Set(parsed.chats.list.map((chat) => chat.type))).toEqual(
    new Set([
      ...['personal_chat', 'saved_messages', 'bot_chat', 'private_group', 'private_supergroup'],
      ...['public_channel', 'private_channel'],
    ]),
  );
  expect(parsed.left_chats.list.map((chat) => chat.type)).toEqual(['public_supergroup']);
  expect(parsed.contacts.list.length).toBeGreaterThan(3);
  expect(parsed.frequent_contacts.list.length).toBeGreaterThan(3);
  expect(parsed.sessions.list.length).toBeGreaterThan(1);
});

test('names are null for deleted accounts and absent for saved messages', () => {
  const saved = chats.find((chat) => chat.type === 'saved_messages');
  expect(saved).not.toHaveProperty('name');
  expect(saved?.id).toBe(parsed.personal_information.user_id);
  const deleted = chats.find((chat) => chat.name === null);
  expect(deleted?.messages.some((message) => message.from === null)).toBe(true);
});

test('a user, a basic group and a channel share a number', () => {
  const shared = chats.filter((chat) =>
    chats.some((other) => other !== chat && other.id === chat.id),
  );
  expect(shared.map((chat) => chat.type).sort()).toEqual([
    ...['personal_chat', 'private_group', 'public_channel'],
  ]);
});

test('ids ascend within a chat, with gaps', () => {
  for (const { messages: list } of chats) {
    const steps = list.slice(1).map((message, index) => message.id - (list[index]?.id ?? 0));
    expect(Math.min(1, ...steps)).toBe(1);
    if (list.length > 50) expect(Math.max(...steps)).toBeGreaterThan(1);
  }
});

test('private chats and basic groups never share a message id', () => {
  const kinds = ['personal_chat', 'bot_chat', 'saved_messages', 'private_group'];
  const ids = chats
    .filter((chat) => kinds.includes(chat.type))
    .flatMap((chat) => chat.messages.map((message) => message.id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(Math.min(...ids)).toBeGreaterThan(0);
});

test('messages of the former basic group come first, with negative ids', () => {
  const group = chats.find((chat) => chat.type === 'private_supergroup');
  const negative = group?.messages.filter((message) => message.id < 0) ?? [];
  expect(negative[0]).toMatchObject({ action: 'create_group' });
  expect(negative.at(-1)).toMatchObject({ action: 'migrate_to_supergroup' });
  expect(group?.messages[negative.length]).toMatchObject({ id: 1, action: 'migrate_from_group' });
});

test('dates never go back, and cover both offsets of Berlin', () => {
  const offsets = new Set<number>();
  for (const { messages: list } of chats) {
    let last = 0;
    for (const { date, date_unixtime } of list) {
      if (date === undefined) continue;
      const unix = Number(date_unixtime);
      expect(unix).toBeGreaterThanOrEqual(last);
      last = unix;
      offsets.add(Date.parse(`${date}Z`) / 1000 - unix);
    }
  }
  expect([...offsets].sort()).toEqual([3600, 7200]);
});

test('text and text_entities hold the same text', () => {
  for (const message of messages) {
    if (message.type === 'unsupported') continue;
    const { text, text_entities: entities = [] } = message;
    const parts = typeof text === 'string' ? [text] : (text ?? []);
    const joined = parts.map((part) => (typeof part === 'string' ? part : part.text)).join('');
    expect(entities.map((part) => part.text).join('')).toBe(joined);
  }
});

test('an empty part follows a last entity exactly when there is a character beyond ASCII', () => {
  let empty = 0;
  for (const { text_entities: entities = [] } of messages) {
    const last = entities.at(-1);
    if (last?.type === 'plain' && last.text === '') empty++;
    const ascii = entities.every((part) => /^\p{ASCII}*$/u.test(part.text));
    if (last !== undefined && last.type !== 'plain') expect(ascii).toBe(true);
    if (last?.text === '') expect(ascii).toBe(false);
  }
  expect(empty).toBeGreaterThan(0);
});

test('plain parts are never neighbours', () => {
  for (const { text_entities: entities = [] } of messages) {
    const twice = entities.some((part, index) => isPlain(part) && isPlain(entities[index + 1]));
    expect(twice).toBe(false);
  }
});

test('most texts are short, some are long and have lines', () => {
  const texts = messages.map((message) => message.text).filter((text) => typeof text === 'string');
  const share = (holds: (text: string) => boolean) => texts.filter(holds).length / texts.length;
  expect(share((text) => text.length < 100)).toBeGreaterThan(0.6);
  expect(share((text) => text.length > 200)).toBeGreaterThan(0.03);
  expect(share((text) => text.includes('\n'))).toBeGreaterThan(0.03);
});

test('small talk has replies to messages that are there, and to some that are not', () => {
  const group = chats.find((chat) => chat.type === 'private_supergroup')?.messages ?? [];
  const there = new Set(group.map((message) => message.id));
  const replies = group.flatMap((message) => message.reply_to_message_id ?? []);
  const found = replies.filter((id) => there.has(id)).length;
  expect(found / replies.length).toBeGreaterThan(0.8);
  expect(found / replies.length).toBeLessThan(0.97);
});

test('double-encoded strings hold JSON', () => {
  const invoice = messages.find((message) => message.invoice_information);
  expect(JSON.parse(invoice?.invoice_information)).toMatchObject({ currency: 'EUR' });
  const peers = messages.filter((message) => message.action === 'requested_peer');
  const ids: number[] = peers.flatMap((message) => JSON.parse(message.peers));
  expect(ids.some((id) => id > 2 ** 48)).toBe(true);
});

function isPlain(part: Part | undefined): boolean {
  return part?.type === 'plain';
}
