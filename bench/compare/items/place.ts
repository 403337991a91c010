import { member } from '../contender.ts';
import { APPENDED, names } from '../data/files.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { type Group, table } from '../table.ts';
import { oneConversation, toOne } from './one.ts';

/** Where `appendInPlaceFrom` should be. */
export const place: Item = {
  title: `append ${APPENDED} messages in place, or write the file anew`,
  async compare(setting) {
    const groups: Group[] = [];
    for (const messages of setting.sizes.place) {
      const { bytes, ...given } = await oneConversation(messages, setting);
      const task = { ...given, expected: APPENDED, times: 20, copy: names.store };
      const contenders = [
        member('in place', 'ours', 'appendInPlace', task),
        member('anew', 'ours', 'appendAnew', task),
      ];
      const results = await inRounds(contenders, setting.rounds);
      groups.push({ title: toOne(messages, bytes), results });
    }
    return table(groups, { written: true });
  },
};
