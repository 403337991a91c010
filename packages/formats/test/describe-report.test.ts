import { expect, test } from 'vitest';
import { describeReport } from '../src/index.ts';
import { chatJson, readAll } from './support/read.ts';

test('a faultless import has nothing to say', async () => {
  const { report } = await readAll(chatJson([{ id: 1, date_unixtime: '1700000000' }]));
  expect(describeReport(report)).toEqual([]);
});

test('each thing that happened has its sentence', async () => {
  const bad = Array.from({ length: 22 }, () => 'null').join(',');
  const input = `{"personal_information":{"user_id":7},"contacts":{"list":[1]},"chats":{"list":[{"name":"Ann","id":7,"messages":[
{"id":1,"text":"\\x0c","date":"2020-01-01T00:00:00"},{"id":1,"from":5},{"text":""},${bad},{"id":`;
  const { report } = await readAll(input);
  const lines = describeReport(report);
  expect(lines[0]).toBe(
    `The input ends early, at byte ${input.length} in chats.list[0].messages[25] ("7"): the export was interrupted or copied in part; what stands before is whole. Export again for the rest`,
  );
  expect(lines[1]).toMatch(
    /^Skipped chats\.list\[0\]\.messages\[3\] at byte \d+: it is no object$/,
  );
  expect(lines.slice(21)).toEqual([
    'Skipped 2 more',
    '1 message with illegal escapes of control characters (\\xHH), repaired',
    '1 message with no usable id, given one made from its content',
    '1 message with values of an unexpected type, kept in raw_data',
    'The export has local times without a zone; they were read as UTC. Name the zone of the exporting computer, such as Europe/Berlin, for the right ones',
    'Not conversations, so not read: personal_information, contacts (1)',
  ]);
  for (const line of lines) expect(line).not.toMatch(/\n|\.$/);
});

test('damage is told from a cut', async () => {
  const { report } = await readAll('{"id":7,"messages":[{"id":1} {"id":2}]}');
  expect(describeReport(report)).toEqual([
    'The input is damaged at byte 29 in messages[1] ("7"): expected , or ], found {; what stands before is whole, what follows was not read. Export again for the rest',
  ]);
});

test.each([
  ['cut', '{"name":"Ann Lee","id":7,"type":"personal_chat","messages":[{"id":1},{"id":2'],
  ['damaged', '{"name":"Ann Lee","id":7,"type":"personal_chat","messages":[{"id":1}{"id":2}]}'],
  ['with a broken message', '{"name":"Ann Lee","id":7,"messages":[{"id":1},{"text":"Ann Lee" x}]}'],
])(
  'an export that is %s is described without the name and the texts of its chat',
  async (_, input) => {
    const { report } = await readAll(input);
    const lines = describeReport(report);
    expect(lines.length).toBeGreaterThan(0);
    expect(JSON.stringify([lines, report])).not.toMatch(/Ann|Lee/);
  },
);

test.each([
  ['no id', '{"name":"Ann Lee","type":"personal_chat","messages":[]}', 'FORMAT_NO_ID'],
  [
    'a text as id',
    '{"name":"Ann Lee","id":"of Ann","type":"personal_chat","messages":[]}',
    'FORMAT_BAD_ID',
  ],
])('a chat with %s is refused without its name', async (_, input, code) => {
  const error: unknown = await readAll(input).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code });
  expect(String(error)).not.toMatch(/Ann|Lee/);
});
