// Compares the store with other ways to keep conversations: one table, made in one run. See README.md.
//
//   npx -y pnpm@12 --filter @tgstore/bench run compare [--write] [--only append,save,…] [--rounds 5] [--seed 1] [--quick | --moderate]

import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { member } from './compare/contender.ts';
import { installedVersions } from './compare/installed.ts';
import { append } from './compare/items/append.ts';
import { imports } from './compare/items/import.ts';
import { list } from './compare/items/list.ts';
import { load } from './compare/items/load.ts';
import { place } from './compare/items/place.ts';
import { processing } from './compare/items/process.ts';
import { read } from './compare/items/read.ts';
import { save } from './compare/items/save.ts';
import { search } from './compare/items/search.ts';
import { start } from './compare/items/start.ts';
import type { Item } from './compare/setting.ts';
import { type Sizes, sizes } from './compare/sizes.ts';
import { describeMachine } from './measure.ts';
import { peerVersions } from './peer-versions.ts';
import { Report } from './readme-table.ts';
import { assertBuilt } from './tgstore.ts';

const items: Readonly<Record<string, Item>> = {
  append,
  place,
  save,
  load,
  read,
  list,
  process: processing,
  import: imports,
  search,
  start,
};
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(items).join(',') },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    quick: { type: 'boolean', default: false },
    moderate: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const chosen = values.only.split(',');
const size: Sizes = values.quick ? sizes.quick : values.moderate ? sizes.moderate : sizes.full;
const rounds = Number(values.rounds ?? size.rounds);
const seed = Number(values.seed);
if (values.write && (size !== sizes.full || chosen.length < Object.keys(items).length)) {
  throw new Error('Only a whole run at full size is written: leave out --write, or the others');
}
assertBuilt();

const report = new Report();
report.print(
  `${describeMachine()}, ${peerVersions('lowdb')}, ${installedVersions()}; seed ${seed}, medians of ${rounds} rounds.`,
);
const { peakBytes } = await member('', 'bare', 'nothing', { data: '', expected: 0 }).measure();
const megabytes = peakBytes === undefined ? 'not known' : `${(peakBytes / 1e6).toFixed(0)} MB`;
report.print(
  '',
  `Memory of a process of Node that does nothing, with what runs TypeScript: ${megabytes}.`,
);
for (const name of chosen) {
  const item = items[name];
  if (!item) throw new TypeError(`there is no ${name}; there are ${Object.keys(items).join(', ')}`);
  console.error(item.title);
  report.print('', `### ${item.title[0]?.toUpperCase()}${item.title.slice(1)}`, '');
  report.print(...(await item.compare({ sizes: size, rounds, seed })));
}
report.print('', `Load at the end: ${loadavg()[0]?.toFixed(2)}.`);
if (values.write) report.writeToReadme('compare');
