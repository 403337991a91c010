import { member, python } from '../contender.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { atLeast, barTable, table } from '../table.ts';
import { EACH, manyConversations } from './many.ts';

export const save: Item = {
  title: `save new conversations of ${EACH} messages`,
  async compare(setting) {
    const { bytes, ...task } = await manyConversations(setting);
    const contenders = [
      member('`EnhancedFileManager`, `batchSaveConversations`', 'ours', 'save', task),
      member('`EnhancedFileManager`, `saveConversation` in turn', 'ours', 'saveEach', task),
      member('`FileManager`, `saveConversation` in turn', 'ours', 'saveEachAlone', task),
      member('bare write, fsync, rename in turn', 'bare', 'save', task),
      member('the same, 8 at a time', 'bare', 'saveTogether', task),
      member('the same in turn, and sync of the directory', 'bare', 'saveDurably', task),
      member('`fs` + `JSON`, in turn', 'plain', 'save', task),
      member('lowdb', 'lowdb', 'save', task),
      member('better-sqlite3, a transaction each', 'sqlite', 'save', task),
      python('save', task),
    ];
    const results = await inRounds(contenders, setting.rounds);
    const times = results.map(({ seconds }) => seconds);
    const [batch = NaN, inTurn = NaN, alone = NaN, bare = NaN, , , , lowdb = NaN] = times;
    const title = `${setting.sizes.save.toLocaleString('en-US')} (${(bytes / 1e6).toFixed(1)} MB)`;
    return [
      ...table([{ title, results }], { written: true }),
      ...barTable([
        atLeast(0.6, 'the speed of bare write, fsync, rename: the batch', bare / batch),
        atLeast(0.6, 'the same: `EnhancedFileManager` in turn', bare / inTurn),
        atLeast(0.6, 'the same: `FileManager` in turn', bare / alone),
        atLeast(1, 'the speed of lowdb: the batch', lowdb / batch),
      ]),
    ];
  },
};
