import { deepEqual, rejects } from 'node:assert/strict';
import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { FormatError, locateExport, openExport, writeBundle } from '@tgstore/formats';

mkdirSync('ChatExport');
writeFileSync(
  'ChatExport/result.json',
  `{"name":"Ann","type":"personal_chat","id":1,"messages":[
    {"id":5,"type":"message","date":"2023-11-15T12:30:00","date_unixtime":"1700051400","from":"Ann","from_id":"user1","text":"Hi"}]}`,
);

const read = async (path = '') => {
  const reader = await openExport(createReadStream(await locateExport(path)));
  const conversations = [];
  for await (const { messages, finish } of reader.conversations()) {
    const all = [];
    for await (const message of messages) all.push(message);
    conversations.push({ messages: all, ...finish() });
  }
  return conversations;
};

const [chat] = await read('ChatExport');
if (!chat) throw new Error('nothing was read');
const { conversation_id } = chat.metadata;
deepEqual(
  [conversation_id, chat.messages.map(({ id, date, text }) => [id, date, text])],
  ['1', [[5, '2023-11-15T12:30:00Z', 'Hi']]],
);
let bundle = '';
const item = { ...chat, id: conversation_id, status: /** @type {const} */ ('processed') };
for await (const piece of writeBundle([item], { exportedAt: '2026-01-01T00:00:00Z' }))
  bundle += piece;
writeFileSync('bundle.json', bundle);
const [again] = await read('bundle.json');
deepEqual([again?.status, again?.messages], ['processed', chat.messages]);
await rejects(
  read('nowhere'),
  (error) => error instanceof FormatError && error.code === 'FORMAT_NOT_FOUND',
);
