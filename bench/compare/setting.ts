import { rmSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { onlyOnce } from '../only-once.ts';
import { dataDirectory, member } from './contender.ts';
import { names } from './data/files.ts';
import { whyNoSqlite } from './installed.ts';
import type { Sizes } from './sizes.ts';

/** What a run was asked for. */
export interface Setting {
  readonly sizes: Sizes;
  readonly rounds: number;
  readonly seed: number;
}

/** What is compared: gives the lines of its table. */
export interface Item {
  readonly title: string;
  compare(setting: Setting): Promise<string[]>;
}

/** What kind of data: see `data/prepare.ts`. */
export interface Wanted {
  readonly kind: 'one' | 'many' | 'tiny' | 'searched';
  readonly conversations: number;
  readonly messages: number;
  readonly seed: number;
  /** Whether the same is wanted as a database too. @default false */
  readonly database?: boolean | undefined;
}

/** Makes data from a seed, once, in processes of their own; returns their directory. */
export async function prepare({ database = false, ...wanted }: Wanted): Promise<string> {
  const { kind, conversations, messages, seed } = wanted;
  const name = `${kind}-${conversations}-${messages}-${seed}`;
  const data = join(dataDirectory, name);
  const expected = kind === 'one' ? messages : conversations;
  await onlyOnce(join(data, '.made'), async () => {
    console.error(`  making ${name}`);
    rmSync(data, { recursive: true, force: true });
    await member('', 'prepare', kind, { ...wanted, data, expected }).measure();
  });
  if (database && !whyNoSqlite()) {
    await onlyOnce(join(data, `${names.database}.made`), async () => {
      console.error(`  making the database of ${name}`);
      const task = { ...wanted, data, expected: conversations };
      await member('', 'prepare', 'database', task).measure();
    });
  }
  return data;
}

/** Bytes of the conversation files of prepared data. */
export async function storeBytes(data: string): Promise<number> {
  const store = join(data, names.store);
  const files = (await readdir(store)).filter((name) => name.endsWith('.json'));
  return files.reduce((sum, name) => sum + statSync(join(store, name)).size, 0);
}
