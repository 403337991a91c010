import { member } from '../contender.ts';
import { inRounds } from '../rounds.ts';
import { type Item, prepare } from '../setting.ts';
import { atMost, barTable, table } from '../table.ts';
import { smallConversations } from './small.ts';

export const list: Item = {
  title: 'list conversations, and their metadata',
  async compare(setting) {
    const { sizes, rounds, seed } = setting;
    const tiny = {
      kind: 'tiny',
      conversations: sizes.list,
      messages: 1,
      seed,
      database: true,
    } as const;
    const data = await prepare(tiny);
    const names = { ...tiny, data, expected: sizes.list, times: 10 };
    const listed = await inRounds(
      [
        member('`listConversations`', 'ours', 'list', names),
        member('`readdir`', 'bare', 'list', names),
        member('better-sqlite3', 'sqlite', 'list', names),
      ],
      rounds,
    );
    const small = await smallConversations(setting);
    const metadata = await inRounds(
      [
        member('`listMetadata`', 'ours', 'listMetadata', small),
        member('`readFile`, `JSON.parse` in turn', 'plain', 'listMetadata', small),
        member('better-sqlite3', 'sqlite', 'listMetadata', small),
      ],
      rounds,
    );
    const [ours, readdir] = listed.map(({ seconds }) => seconds) as [number, number];
    return [
      ...table([
        { title: `ids of ${sizes.list.toLocaleString('en-US')}`, results: listed },
        { title: `metadata of ${sizes.small.toLocaleString('en-US')}`, results: metadata },
      ]),
      ...barTable([atMost(1.5, 'the time of one `readdir`', ours / readdir)]),
    ];
  },
};
