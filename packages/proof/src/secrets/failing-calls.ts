import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager, type FileSystem } from '@tgstore/core';
import { nodeFileSystem } from '@tgstore/fs';
import { createRandom, tempDirectory, watchCalls } from '@tgstore/testkit';
import { type CheckOptions, type Outcome, scaled } from '../proof.ts';
import { SecretFinder } from './find-secrets.ts';
import { makeSecrets, type Secrets, secretConversation } from './made-up.ts';

type Change = (store: EnhancedFileManager, secrets: Secrets) => Promise<unknown>;

/** Lets single calls of the file system fail in the middle of a change, and looks for secrets in what is said of that. */
export async function failingCalls({ seed, scale, report }: CheckOptions): Promise<Outcome> {
  const secrets = makeSecrets(seed);
  const finder = new SecretFinder(secrets);
  const random = createRandom(seed);
  await using directory = await tempDirectory();
  const template = join(directory.path, 'template');
  await prepare(template, secrets);
  const count = scaled(2_000, scale, 2 * CHANGES.length);
  const violations: string[] = [];
  let failed = 0;
  for (let number = 0; number < count; number += 1) {
    const [name, change] = CHANGES[number % CHANGES.length] as (typeof CHANGES)[number];
    const storageDir = join(directory.path, String(number));
    await cp(template, storageDir, {
      recursive: true,
      filter: (path) => !path.includes('/locks/'),
    });
    const [code, at] = [random.pick(CODES), random.int(1, MOST_CALLS)];
    const said = await runFailing(storageDir, (store) => change(store, secrets), { code, at });
    failed += said.length > 0 ? 1 : 0;
    for (const text of said) {
      const [found] = finder.findInError(text);
      if (found !== undefined)
        violations.push(
          `seed ${seed}, ${number}: ${name}, ${code} at call ${at}: ${found} in ${text}`,
        );
    }
    report(`${number + 1} of ${count} failures`);
  }
  return { tried: count, unit: 'failures', violations, seen: `${failed} told` };
}

interface Failure {
  readonly code: string;
  /** The first call that fails. */
  readonly at: number;
}

/** All that is said of a change. */
async function runFailing(
  storageDir: string,
  change: (store: EnhancedFileManager) => Promise<unknown>,
  { code, at }: Failure,
): Promise<unknown[]> {
  const said: unknown[] = [];
  const tell = (details: object, message: string): void =>
    void said.push(...Object.values(details), message);
  const fileSystem: FileSystem = watchCalls(nodeFileSystem, ({ name, args, count }) => {
    if (count !== at || name === 'handle.close') return undefined;
    // as the errors of the system: a path where there is one, never the bytes
    const path = typeof args[0] === 'string' ? args[0] : undefined;
    const error = new Error(`${code}: it fails, ${name}${path === undefined ? '' : ` '${path}'`}`);
    throw Object.assign(error, { code, path, syscall: name });
  });
  const logger = { debug: tell, info: tell, warn: tell, error: tell };
  const options = { storageDir, fileSystem, logger, appendInPlaceFrom: 256 * 1024 };
  await using store = new EnhancedFileManager({ ...options, durability: 'relaxed' });
  await change(store).catch((error: unknown) => said.push(error));
  return said;
}

async function prepare(storageDir: string, secrets: Secrets): Promise<void> {
  await using store = new EnhancedFileManager({ storageDir, durability: 'relaxed' });
  await store.saveConversation(secretConversation('1', secrets));
  await store.saveConversation(secretConversation('2', secrets, { messages: 400 }));
}

const CHANGES: readonly (readonly [string, Change])[] = [
  ['save', (store, secrets) => store.saveConversation(secretConversation('3', secrets))],
  ['append', (store, secrets) => store.appendMessages('1', [{ id: 10, text: secrets.text }])],
  [
    'append in place',
    (store, secrets) => store.appendMessages('2', [{ id: 1000, text: secrets.text }]),
  ],
  [
    'merge',
    (store, secrets) =>
      store.mergeConversation(secretConversation('1', secrets, { revised: true })),
  ],
  ['delete messages', (store) => store.deleteMessages('2', [2])],
  [
    'process',
    async (store) => {
      const results = await store.processAllUnprocessed(async (one) => void (await one.load()));
      for (const { error } of results.values()) if (error !== undefined) throw error;
    },
  ],
  ['migrate', (store) => store.migrate()],
  ['recover', (store) => store.recover({ minAgeMs: 0 })],
];
const CODES = ['EIO', 'ENOSPC', 'EACCES', 'EMFILE', 'EROFS', 'EDQUOT'];
const MOST_CALLS = 60;
