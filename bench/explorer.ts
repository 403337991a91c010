// Opens the explorer in Chromium: how soon the first message is there, how much memory it takes, how smoothly it scrolls.
//
//   npx -y pnpm@12 --filter @tgstore/bench run explorer [--rounds 5] [--sizes 1000,100000,1000000] [--list 10000] [--write]

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from '../apps/demo/test/support/find-chromium.ts';
import { measureList } from './explorer/list.ts';
import { measureOpening, type Opening } from './explorer/opening.ts';
import { measureScrolling } from './explorer/scrolling.ts';
import { makeBigStore, makeManyStore } from './explorer/stores.ts';
import { describeMachine } from './measure.ts';
import { quantile } from './quantile.ts';
import { Report, row } from './readme-table.ts';
import { assertBuilt } from './tgstore.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '1000,100000,1000000' },
    list: { type: 'string', default: '10000' },
    scroll: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});

assertBuilt();
const lack = ensureChromium();
if (lack) throw new Error(lack);

const data = join(import.meta.dirname, 'data');
const rounds = Number(values.rounds);
const report = new Report();
report.print(`${describeMachine()}, seed ${values.seed}; medians of ${rounds} rounds.`, '');
report.print(...(await conversations()), '', ...(await list()));
if (values.write) report.writeToReadme('explorer');

async function conversations(): Promise<string[]> {
  const table = [
    '| messages | first message | slowest | tab: heap, process | server | after scrolling: heap, process | server | messages scrolled | long tasks | longest |',
    '|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|',
  ];
  for (const size of values.sizes.split(',').map(Number)) {
    const store = join(data, `explorer-${size}-${values.seed}`);
    await makeBigStore(store, size, Number(values.seed));
    const openings: Opening[] = [];
    for (let round = 0; round < rounds; round += 1) openings.push(await measureOpening(store));
    const scrolled = await measureScrolling(store, Math.min(Number(values.scroll), size - 100));
    const of = (pick: (opening: Opening) => number) => quantile(openings.map(pick), 0.5);
    table.push(
      row(
        size.toLocaleString('en-US'),
        milliseconds(of(({ firstMessageMs }) => firstMessageMs)),
        milliseconds(Math.max(...openings.map(({ firstMessageMs }) => firstMessageMs))),
        `${megabytes(of(({ heapBytes }) => heapBytes))}, ${megabytes(of(({ tabBytes }) => tabBytes))}`,
        megabytes(of(({ serverBytes }) => serverBytes)),
        `${megabytes(scrolled.heapBytes)}, ${megabytes(scrolled.tabBytes)}`,
        megabytes(scrolled.serverBytes),
        scrolled.messages.toLocaleString('en-US'),
        `${scrolled.longTasks.length} in ${(scrolled.seconds).toFixed(1)} s`,
        scrolled.longTasks.length > 0 ? milliseconds(Math.max(...scrolled.longTasks)) : 'none',
      ),
    );
  }
  return table;
}

async function list(): Promise<string[]> {
  const count = Number(values.list);
  const store = join(data, `explorer-list-${count}`);
  await makeManyStore(store, count);
  const times = [];
  for (let round = 0; round < rounds; round += 1) times.push(await measureList(store, count));
  return [
    '| conversations | first rows | all rows |',
    '|---:|---:|---:|',
    row(
      count.toLocaleString('en-US'),
      milliseconds(
        quantile(
          times.map(({ firstMs }) => firstMs),
          0.5,
        ),
      ),
      milliseconds(
        quantile(
          times.map(({ allMs }) => allMs),
          0.5,
        ),
      ),
    ),
  ];
}

function milliseconds(value: number): string {
  return `${Math.round(value)} ms`;
}

function megabytes(bytes: number): string {
  return Number.isNaN(bytes) ? 'not known' : `${Math.round(bytes / 1e6)} MB`;
}
