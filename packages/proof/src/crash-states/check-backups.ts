import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { backupsOf, type Subject } from './expected.ts';
import type { Place } from './scenario.ts';
import { type View, viewOf } from './view.ts';

/** What is wrong with the backups after a crash: each that is listed is whole, and none is gone that nobody removed. */
export async function checkBackups(
  { expected }: Subject,
  acknowledged: number,
  storageDir: string,
): Promise<string[]> {
  const listed = await backupsOf(storageDir);
  const [before, after = before] = expected.slice(acknowledged, acknowledged + 2);
  const must = before?.backups.filter((id) => after?.backups.includes(id)) ?? [];
  const wrong = must.filter((id) => !listed.includes(id)).map((id) => `the backup ${id} is gone`);
  const may = [...(before?.backups ?? []), ...(after?.backups ?? [])];
  // those that a restore makes while it goes are new in each run
  const isNew = (id: string): boolean => !may.includes(id) && acknowledged === expected.length - 1;
  wrong.push(...listed.filter(isNew).map((id) => `the backup ${id} came back`));
  const store = new EnhancedFileManager({ storageDir });
  for (const id of listed) {
    await store.backups.verifyBackup(id).catch((error: unknown) => {
      wrong.push(`the backup ${id} is listed, and ${error}`);
    });
  }
  return wrong;
}

/** Which contents that were there before are neither in the store nor in a backup. */
export async function checkReplaced({ expected }: Subject, place: Place): Promise<string[]> {
  const store = place.open();
  const kept = contentsIn(await viewOf(place.storageDir));
  for (const id of await backupsOf(place.storageDir)) {
    const to = join(place.directory, `unpacked-${id}`);
    await store.restoreBackup(id, { to });
    for (const content of contentsIn(await viewOf(to))) kept.add(content);
  }
  const lost = [...(expected[0]?.views ?? [])].filter(
    ([id, { content }]) => !kept.has(`${id} ${content}`),
  );
  return lost.map(([id]) => `what ${id} was is in no backup`);
}

function contentsIn(views: ReadonlyMap<string, View>): Set<string> {
  return new Set([...views].map(([id, { content }]) => `${id} ${content}`));
}
