import { type Contender, member, python } from '../contender.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { type Group, table } from '../table.ts';
import { oneConversation } from './one.ts';

const LAST = 50;

export const read: Item = {
  title: 'read one large conversation',
  async compare(setting) {
    const messages = setting.sizes.append.at(-1) ?? 0;
    const { bytes, ...task } = await oneConversation(messages, setting);
    const last = { ...task, messages: LAST, expected: LAST, times: 20 };
    const few = { ...task, times: 20 };
    const groups: Record<string, readonly Contender[]> = {
      'all at once': [
        member('`loadConversation`', 'ours', 'whole', task),
        member('`fs` + `JSON`', 'plain', 'whole', task),
        member('lowdb', 'lowdb', 'whole', task),
        member('better-sqlite3', 'sqlite', 'whole', task),
        python('whole', task),
      ],
      'one after the other': [
        member('`readMessages`', 'ours', 'stream', task),
        member('better-sqlite3, `iterate`', 'sqlite', 'stream', task),
      ],
      [`the last ${LAST}`]: [
        member('`readMessages`, `last`', 'ours', 'last', last),
        member('`fs` + `JSON`', 'plain', 'last', last),
        member('better-sqlite3', 'sqlite', 'last', last),
      ],
      'metadata alone': [
        member('`readMetadata`', 'ours', 'metadata', few),
        member('`fs` + `JSON`', 'plain', 'metadata', few),
        member('better-sqlite3', 'sqlite', 'metadata', few),
      ],
    };
    const compared: Group[] = [];
    for (const [title, contenders] of Object.entries(groups)) {
      compared.push({ title, results: await inRounds(contenders, setting.rounds) });
    }
    const size = `${messages.toLocaleString('en-US')} messages, ${(bytes / 1e6).toFixed(1)} MB.`;
    return [size, '', ...table(compared)];
  },
};
