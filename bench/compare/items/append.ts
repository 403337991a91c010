import { member, python } from '../contender.ts';
import { APPENDED, names } from '../data/files.ts';
import { inRounds } from '../rounds.ts';
import type { Item, Setting } from '../setting.ts';
import { atLeast, atMost, barTable, type Group, table } from '../table.ts';
import { oneConversation, toOne } from './one.ts';

export const append: Item = {
  title: `append ${APPENDED} messages to a conversation`,
  async compare(setting) {
    const groups: Group[] = [];
    for (const messages of setting.sizes.append) groups.push(await appendTo(messages, setting));
    const [smallest, largest] = [groups[0], groups.at(-1)];
    const time = (group: Group | undefined, index: number): number =>
      group?.results[index]?.seconds ?? Number.NaN;
    const of = setting.sizes.append.at(-1)?.toLocaleString('en-US');
    const [ours, sqlite, naive] = [time(largest, 0), time(largest, 1), time(largest, 2)];
    return [
      ...table(groups, { written: true }),
      ...barTable([
        atMost(3, `the time of better-sqlite3 at ${of}`, ours / sqlite),
        atMost(1.3, 'the time of ours at the smallest', ours / time(smallest, 0)),
        atLeast(300, `the speed of \`fs\` + \`JSON\` at ${of}`, naive / ours),
      ]),
    ];
  },
};

async function appendTo(messages: number, setting: Setting): Promise<Group> {
  const { bytes, ...given } = await oneConversation(messages, setting);
  const task = { ...given, expected: APPENDED, times: 20 };
  const contenders = [
    member('`appendMessages`', 'ours', 'append', { ...task, copy: names.store }),
    member('better-sqlite3', 'sqlite', 'append', { ...task, copy: names.database }),
    member('`fs` + `JSON`', 'plain', 'append', { ...task, copy: names.chat }),
    member('lowdb', 'lowdb', 'append', { ...task, copy: names.chat }),
    python('append', { ...task, copy: names.store }),
  ];
  const results = await inRounds(contenders, setting.rounds);
  return { title: toOne(messages, bytes), results };
}
