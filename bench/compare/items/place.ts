import { member } from '../contender.ts';
import { APPENDED, names } from '../data/files.ts';
import { inRounds } from '../rounds.ts';
import { type Item, prepare, storeBytes } from '../setting.ts';
import { type Group, table } from '../table.ts';

/** Where `appendInPlaceFrom` should be. */
export const place: Item = {
  title: `append ${APPENDED} messages in place, or write the file anew`,
  async compare({ sizes, rounds, seed }) {
    const groups: Group[] = [];
    for (const messages of sizes.place) {
      const wanted = { kind: 'one', conversations: 1, messages, seed, database: true } as const;
      const data = await prepare(wanted);
      const task = { ...wanted, data, expected: APPENDED, times: 20, copy: names.store };
      const contenders = [
        member('in place', 'ours', 'appendInPlace', task),
        member('anew', 'ours', 'appendAnew', task),
      ];
      const megabytes = ((await storeBytes(data)) / 1e6).toFixed(1);
      groups.push({
        title: `to ${messages.toLocaleString('en-US')} (${megabytes} MB)`,
        results: await inRounds(contenders, rounds),
      });
    }
    return table(groups, { written: true });
  },
};
