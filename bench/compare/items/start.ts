import { join } from 'node:path';
import { tgstore } from '../../tgstore.ts';
import { wholeProcess } from '../contender.ts';
import { names } from '../data/files.ts';
import { inRounds } from '../rounds.ts';
import type { Item } from '../setting.ts';
import { table } from '../table.ts';
import { smallConversations } from './small.ts';

export const start: Item = {
  title: 'start the command line',
  async compare(setting) {
    const { data } = await smallConversations(setting);
    const stats = ['stats', '--store', join(data, names.store)];
    const contenders = [
      wholeProcess('`tgstore --version`', () => [tgstore, '--version']),
      wholeProcess('`node -e 0`', () => ['-e', '0']),
      wholeProcess(`\`tgstore stats\` of ${setting.sizes.small.toLocaleString('en-US')}`, () => [
        tgstore,
        ...stats,
      ]),
    ];
    // they are short, and differ
    const results = await inRounds(contenders, setting.rounds * 3);
    return table([{ title: 'whole processes', results }]);
  },
};
