import { mkdirSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { measure } from '../measure.ts';
import type { Options } from './actions.ts';
import { whyNoPython, whyNoSqlite } from './installed.ts';
import { type Command, measureProcesses, type Sample } from './measured-process.ts';

/** One of those that are compared. */
export interface Contender {
  readonly title: string;
  /** Why it takes no part. */
  readonly absent?: string | undefined;
  measure(): Promise<Sample>;
}

/** What contenders do, each in its way. */
export interface Task extends Partial<Omit<Options, 'work'>> {
  readonly data: string;
  /** What it changes, of the prepared data: copied anew for each round. */
  readonly copy?: string | undefined;
  /** How many conversations or messages there are to deal with. */
  readonly expected: number;
  /** How many processes do it together. @default 1 */
  readonly processes?: number | undefined;
}

const here = join(import.meta.dirname, '..');
/** Where all data of this benchmark are. */
export const dataDirectory = join(here, 'data', 'compare');

/** A process of Node. */
export function member(title: string, module: string, action: string, task: Task): Contender {
  const script = join(here, 'compare-member.ts');
  return {
    title,
    absent: module === 'sqlite' ? whyNoSqlite() : undefined,
    measure: () =>
      inDirectory(task, (options) => ({
        file: process.execPath,
        // without the sources: what users have is built
        args: ['--import', 'tsx', script, module, action, options],
      })),
  };
}

/** A process of Python. */
export function python(action: string, task: Task): Contender {
  const script = join(import.meta.dirname, 'contenders', 'original_way.py');
  return {
    title: 'the way of the Python original',
    absent: whyNoPython(),
    measure: () =>
      inDirectory(task, (options) => ({ file: 'python3', args: [script, action, options] })),
  };
}

/** A whole process of Node, start-up included. */
export function wholeProcess(title: string, args: () => readonly string[]): Contender {
  return {
    title,
    async measure() {
      const { failure, ...sample } = measure(args(), here);
      if (failure) throw new Error(/code: '(\w+)'/.exec(failure)?.[1] ?? failure.slice(0, 80));
      return sample;
    },
  };
}

async function inDirectory(
  { copy, expected, processes = 1, ...given }: Task,
  command: (options: string) => Command,
): Promise<Sample> {
  mkdirSync(dataDirectory, { recursive: true });
  const work = await mkdtemp(join(dataDirectory, 'work-'));
  try {
    if (copy) await cp(join(given.data, copy), join(work, copy), { recursive: true });
    const options = { times: 1, seed: 1, conversations: 1, messages: 0, ...given, work };
    const commands = Array.from({ length: processes }, () => command(JSON.stringify(options)));
    return await measureProcesses(commands, expected);
  } finally {
    await rm(work, { recursive: true });
  }
}
