import { row } from '../readme-table.ts';
import type { Result } from './rounds.ts';

/** What is compared with each other: the first is ours, which the others are put beside. */
export interface Group {
  readonly title: string;
  readonly results: readonly Result[];
  /** Where the speed is worth saying: how many bytes were gone through. */
  readonly bytes?: number | undefined;
}

/** One table of several groups; without what was written, where nothing is. */
export function table(
  groups: readonly Group[],
  { written = false }: { readonly written?: boolean | undefined } = {},
): string[] {
  const shown = COLUMNS.filter(({ title }) => written || title !== WRITTEN);
  return [
    row('', '', ...shown.map(({ title }) => title)),
    row('---', '---', ...shown.map(() => '---:')),
    ...groups.flatMap((group) =>
      group.results.map((result, index) => {
        const figures = shown.map(({ text }) => text(result, group));
        const cells = result.missing ? [result.missing, ...figures.slice(1).fill('')] : figures;
        return row(index === 0 ? group.title : '', result.title, ...cells);
      }),
    ),
  ];
}

/** What was aimed at, and what was reached. */
export interface Bar {
  readonly aim: string;
  readonly reached: number;
  readonly met: boolean;
}

export function atMost(limit: number, of: string, reached: number): Bar {
  return { aim: `at most ${limit} × ${of}`, reached, met: reached <= limit };
}

export function atLeast(limit: number, of: string, reached: number): Bar {
  return { aim: `at least ${limit} × ${of}`, reached, met: reached >= limit };
}

/** The table of {@link Bar}s. */
export function barTable(bars: readonly Bar[]): string[] {
  return [
    '',
    '| aimed at | reached | |',
    '|---|---:|---|',
    ...bars.map(({ aim, reached, met }) =>
      Number.isNaN(reached)
        ? row(aim, 'not measured', '')
        : row(aim, `${ratio(reached)} ×`, met ? 'yes' : '**no**'),
    ),
  ];
}

interface Column {
  readonly title: string;
  text(result: Result, group: Group): string;
}

const WRITTEN = 'written';

const COLUMNS: readonly Column[] = [
  {
    title: 'time',
    text: ({ seconds }, { bytes }) =>
      duration(seconds) + (bytes ? ` (${(bytes / 1e6 / seconds).toFixed(0)} MB/s)` : ''),
  },
  {
    title: 'fastest – slowest',
    text: ({ fastest, slowest }) => `${duration(fastest)} – ${duration(slowest)}`,
  },
  { title: 'peak memory', text: ({ peakBytes }) => size(peakBytes) },
  { title: WRITTEN, text: ({ writtenBytes }) => size(writtenBytes) },
  {
    title: 'time, to ours',
    text(result, { results: [ours] }) {
      return result === ours || ours?.missing !== undefined || !ours
        ? ''
        : `${ratio(result.seconds / ours.seconds)} ×`;
    },
  },
];

function duration(seconds: number): string {
  if (seconds < 0.001) return `${digits(seconds * 1e6)} µs`;
  return seconds < 1 ? `${digits(seconds * 1000)} ms` : `${digits(seconds)} s`;
}

function size(bytes: number | undefined): string {
  if (bytes === undefined) return 'not known';
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(0)} kB` : `${digits(bytes / 1e6)} MB`;
}

function ratio(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** Three of them that count. */
function digits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
