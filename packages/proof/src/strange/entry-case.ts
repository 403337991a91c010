// One operation on a store in which one place has something strange.

import { cp, lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskResult } from '../child/serve.ts';
import { type KindName, putKind } from './kinds.ts';
import { OPERATIONS, type OperationName } from './operations.ts';
import { PLACES } from './places.ts';
import { problemsOf } from './refusals.ts';
import { makeSample, OUTSIDE, openStore, STORE } from './sample-store.ts';
import { treeChanges, treeOf } from './tree.ts';

export interface EntryCase {
  readonly place: string;
  readonly kind: KindName;
  readonly operation: OperationName;
}

const SAMPLE = 'sample';

/** Once, before {@link runEntryCase}. */
export async function prepare(directory: string): Promise<TaskResult> {
  const sample = join(directory, SAMPLE);
  await makeSample(sample);
  // sockets can't be copied, and a copy of a lock directory is another one
  for (const store of [join(sample, STORE), join(sample, OUTSIDE, 'directory')]) {
    await rm(join(store, '.tgstore', 'locks'), { recursive: true });
  }
  return { violations: [] };
}

export async function runEntryCase(
  directory: string,
  number: number,
  { place: name, kind, operation }: EntryCase,
): Promise<TaskResult> {
  const root = join(directory, String(number));
  const place = PLACES.find((one) => one.name === name);
  if (!place) throw new TypeError(`there is no place ${name}`);
  await cp(join(directory, SAMPLE), root, { recursive: true, preserveTimestamps: true });
  const path = await place.path(root);
  await putKind(kind, path, root);
  const outside = await treeOf(join(root, OUTSIDE));
  const problems: string[] = [];
  let seen = 'went on';
  {
    await using store = openStore(join(root, STORE));
    try {
      const result = await OPERATIONS[operation](store, root);
      if (place.mustFail?.includes(operation)) problems.push('must be refused');
      const errors = Array.isArray(result) ? result.filter((item) => item instanceof Error) : [];
      for (const error of errors) problems.push(...problemsOf(error, root));
    } catch (error) {
      seen = 'refused';
      problems.push(...problemsOf(error, root));
      if (!place.mayFail.includes(operation))
        problems.push(`need not be refused: ${String(error)}`);
    }
  }
  const changes = treeChanges(outside, await treeOf(join(root, OUTSIDE)));
  const isMeant = place.mayBeElsewhere && kind === 'a link to a directory outside';
  if (!isMeant) problems.push(...changes.map((line) => `outside: ${line}`));
  problems.push(...(await afterwards(directory, root, path)));
  await rm(root, { recursive: true, force: true });
  return { violations: problems, seen: { [seen]: 1 } };
}

/** When the place is as it was, all goes on. */
async function afterwards(directory: string, root: string, path: string): Promise<string[]> {
  const original = join(directory, SAMPLE, path.slice(root.length));
  await rm(path, { recursive: true, force: true });
  const hadOne = await lstat(original).catch(() => undefined);
  if (hadOne) await cp(original, path, { recursive: true });
  await using store = openStore(join(root, STORE));
  try {
    await store.loadConversation('b');
    const { added } = await store.mergeConversation({
      messages: [{ id: 1000, text: 'afterwards' }],
      metadata: { conversation_id: 'b', chat_type: 'supergroup' },
    });
    return added === 1 ? [] : [`afterwards ${added} messages were added`];
  } catch (error) {
    return [`afterwards: ${(error as Error).stack}`];
  }
}
