import { member } from '../contender.ts';
import { names } from '../data/files.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { table } from '../table.ts';
import { smallConversations } from './small.ts';

export const processing: Item = {
  title: 'process conversations with a processor that does nothing',
  async compare(setting) {
    const small = await smallConversations(setting);
    const task = { ...small, copy: names.store };
    const contenders = [
      member('`processAllUnprocessed`, one process', 'ours', 'process', task),
      member('`processAllUnprocessed`, two processes', 'ours', 'process', {
        ...task,
        processes: 2,
      }),
      member('bare rename and sync of the directory, 4 at a time', 'bare', 'process', task),
      member('better-sqlite3, `update … set processed`, a transaction each', 'sqlite', 'process', {
        ...task,
        copy: names.database,
      }),
    ];
    const title = setting.sizes.small.toLocaleString('en-US');
    const results = await inRounds(contenders, setting.rounds);
    return table([{ title, results }], { written: true });
  },
};
