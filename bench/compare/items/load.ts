import { member, python } from '../contender.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { atLeast, barTable, table } from '../table.ts';
import { EACH, manyConversations } from './many.ts';

export const load: Item = {
  title: `load and validate conversations of ${EACH} messages`,
  async compare(setting) {
    const { bytes, ...given } = await manyConversations(setting);
    const conversations = setting.sizes.save;
    const task = { ...given, conversations, expected: conversations * EACH, times: 20 };
    const inTurn = [
      member('`EnhancedFileManager.loadConversation`', 'ours', 'load', task),
      member('`FileManager.loadConversation`', 'ours', 'loadAlone', task),
      member('`readFile`, `JSON.parse`', 'bare', 'load', task),
      member('lowdb', 'lowdb', 'load', task),
      member('better-sqlite3, `JSON.parse`', 'sqlite', 'load', task),
      python('load', task),
    ];
    const together = [
      member('`EnhancedFileManager.loadConversation`', 'ours', 'loadTogether', task),
      member('`readFile`, `JSON.parse`', 'bare', 'loadTogether', task),
    ];
    const all = await inRounds([...inTurn, ...together], setting.rounds);
    const time = (index: number): number => all[index]?.seconds ?? Number.NaN;
    const count = conversations.toLocaleString('en-US');
    return [
      ...table([
        { title: `${count}, in turn`, results: all.slice(0, inTurn.length), bytes },
        { title: `${count}, 8 at a time`, results: all.slice(inTurn.length), bytes },
      ]),
      ...barTable([
        atLeast(0.6, 'the speed of `readFile` and `JSON.parse`, in turn', time(2) / time(0)),
        atLeast(0.6, 'the same, 8 at a time', time(inTurn.length + 1) / time(inTurn.length)),
      ]),
    ];
  },
};
