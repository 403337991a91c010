import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Contender, member } from '../contender.ts';
import { names } from '../data/files.ts';
import { SOUGHT } from '../data/sought.ts';
import { whyNo } from '../installed.ts';
import { inRounds } from '../rounds.ts';
import { type Item, prepare, storeBytes } from '../setting.ts';
import { table } from '../table.ts';

export const search: Item = {
  title: 'search all messages for a rare word',
  async compare({ sizes, rounds, seed }) {
    const conversations = sizes.search;
    const wanted = { kind: 'searched', conversations, messages: 2_800, seed } as const;
    const data = await prepare(wanted);
    const store = join(data, names.store);
    const files = readdirSync(store)
      .filter((name) => name.endsWith('.json'))
      .map((name) => join(store, name));
    const jq = `.messages[] | select((.text // "") | test("${SOUGHT.word}"; "i")) | .id`;
    const contenders = [
      member('`searchMessages`', 'ours', 'search', { ...wanted, data, expected: SOUGHT.hits }),
      command('`grep -i`', 'grep', ['-h', '-i', SOUGHT.word, ...files]),
      command('`grep`, bytes as they are', 'grep', ['-h', SOUGHT.word, ...files]),
      command('`jq … test("…"; "i")`', 'jq', [jq, ...files]),
    ];
    const bytes = await storeBytes(data);
    const title = `${(bytes / 1e6).toFixed(0)} MB in ${conversations.toLocaleString('en-US')} files`;
    return table([{ title, results: await inRounds(contenders, rounds), bytes }]);
  },
};

/** A command that prints a line for each hit; as a whole, start-up included. */
function command(title: string, file: string, args: readonly string[]): Contender {
  const LC_ALL = args.includes('-i') ? 'C.UTF-8' : 'C';
  return {
    title: file === 'grep' ? `${title} (LC_ALL=${LC_ALL})` : title,
    absent: whyNo(file),
    async measure() {
      const start = performance.now();
      const { stdout, stderr, error } = spawnSync(file, args, {
        env: { ...process.env, LC_ALL },
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      const seconds = (performance.now() - start) / 1000;
      if (error) throw error;
      const lines = stdout.split('\n').length - 1;
      if (lines !== SOUGHT.hits)
        throw new Error(stderr.slice(0, 80) || `found ${lines} instead of ${SOUGHT.hits}`);
      return { seconds };
    },
  };
}
