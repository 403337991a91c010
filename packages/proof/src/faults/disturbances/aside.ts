import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { nodeFileSystem } from '@tgstore/fs';
import { watchCalls } from '@tgstore/testkit';
import type { Disturbance, Disturbed } from '../disturbances.ts';
import { type Scene, StoreCase } from '../store-case.ts';

/** What can't be made anew. */
const LOST: Record<string, 'store' | 'backups'> = { '.!': 'store', 'backups!': 'backups' };

/**
 * A directory that is moved aside before a call, as `way` names it (`.` is the store), and back afterwards: what the operation
 * put in its place meanwhile is then beside it. With `!` it is removed and stays away.
 */
export async function aside(
  scene: Scene,
  root: string,
  { at, way }: Disturbed,
): Promise<Disturbance> {
  const isRemoved = way.endsWith('!');
  let hasMoved = false;
  let isOver = false;
  const fileSystem = watchCalls(nodeFileSystem, async ({ count }) => {
    if (isOver || hasMoved || count < at || !existsSync(directory)) return undefined;
    hasMoved = true;
    if (isRemoved) await rm(directory, { recursive: true });
    else await rename(directory, away);
    return undefined;
  });
  const run = await StoreCase.begin(scene, root, fileSystem);
  const directory = join(run.place.store, way.replace('!', ''));
  const away = join(root, `aside-${basename(directory)}`);
  return {
    run,
    begin: async () => async () => {
      isOver = true;
      if (!hasMoved || isRemoved) return;
      await mkdir(directory, { recursive: true });
      await rename(directory, join(root, `instead-of-${basename(directory)}`));
      await rename(away, directory);
    },
    met: () => hasMoved,
    mayLeave: () => hasMoved,
    mayBeElsewhere: () => hasMoved,
    lost: () => (hasMoved ? LOST[way] : undefined),
  };
}
