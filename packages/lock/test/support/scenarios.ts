import { join } from 'node:path';
import { systemError } from '@tgstore/testkit';
import { takeTurn } from '../../src/acquire.ts';
import { type LockFileSystem, nodeFileSystem } from '../../src/file-system.ts';
import { giveBack } from '../../src/give-back.ts';
import { LockDirectory } from '../../src/lock-directory.ts';
import { disk } from './disk.ts';
import { drawAs } from './draw-as.ts';
import { filesIn } from './files.ts';
import type { LockPlace } from './lock-place.ts';
import { deadToken } from './tokens.ts';

/** What a process meets that asks for a lock, made ready for it. */
export type Scene = 'nothing' | 'a used directory' | 'what the dead left';

/** The real disk, but for what makes it slow: here no power is cut. */
export const unsynced: LockFileSystem = { ...nodeFileSystem(), sync: async () => {} };

export async function prepare(place: LockPlace, scene: Scene): Promise<void> {
  if (scene === 'nothing') return;
  await takeAndGiveBack(place.locks, place.file, { times: 1 });
  if (scene === 'a used directory') return;
  const dead = deadToken();
  // one that was never drawn, one that is held for each of two keys, one that waits
  const half = disk({ before: neverRename }, unsynced);
  await drawAs(dead, place.file, { fileSystem: half }).catch(() => {});
  const fileSystem = unsynced;
  await drawAs(dead, neighbourOf(place), { fileSystem });
  await drawAs(dead, place.file, { fileSystem });
  await drawAs(dead, place.file, { fileSystem, shared: true });
}

/** Takes a lock as a new process does, and gives it back; so many times, twice unless told otherwise. */
export async function takeAndGiveBack(
  locks: string,
  file: string,
  {
    fileSystem = unsynced,
    timeoutMs = 10_000,
    times = 2,
  }: {
    readonly fileSystem?: LockFileSystem;
    readonly timeoutMs?: number;
    readonly times?: number;
  } = {},
): Promise<void> {
  const directory = new LockDirectory(locks, { fileSystem });
  for (let round = 0; round < times; round += 1) {
    const { queue, ticket, leave } = await takeTurn(directory, file, { timeoutMs });
    leave();
    await giveBack(queue, ticket.id);
  }
}

/** What is left in the lock directory but for what each queue needs, and for the living. */
export async function leftOvers(locks: string): Promise<string[]> {
  const names = await filesIn(locks);
  const needed = names.filter((name) => /^v1-0.\/(tail|spent)\./.test(name));
  const kinds = needed.map((name) => name.replace(/\.\d.*/, '').replace(/\.[0-9a-f-]{25}$/, ''));
  const surplus = needed.filter((_, index) => kinds.indexOf(kinds[index] ?? '') !== index);
  const known = /^(v1-0.|process\.[0-9a-f-]{25})$/;
  return [...names.filter((name) => !known.test(name) && !needed.includes(name)), ...surplus];
}

function neverRename({ name }: { readonly name: string }): void {
  if (name === 'rename' || name === 'unlink') throw systemError('EIO', name);
}

/** Another path whose tickets stand in the same queue. */
export function neighbourOf({ path, file, locks }: LockPlace): string {
  const directory = new LockDirectory(locks);
  const queueOf = (other: string): string => directory.queueOf(directory.keyOf(other)).directory;
  for (let index = 0; ; index += 1) {
    const other = join(path, `other${index}.json`);
    if (queueOf(other) === queueOf(file)) return other;
  }
}
