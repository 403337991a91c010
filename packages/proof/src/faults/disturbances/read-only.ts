import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { nodeFileSystem } from '@tgstore/fs';
import { watchCalls } from '@tgstore/testkit';
import type { Disturbance, Disturbed } from '../disturbances.ts';
import { type Scene, StoreCase } from '../store-case.ts';

/** A disk that turns read-only at a call, or as soon after it as nothing is open for writing. */
export async function readOnly(
  scene: Scene,
  root: string,
  { at }: Disturbed,
): Promise<Disturbance> {
  let isOver = false;
  let hasTurned = false;
  const fileSystem = watchCalls(nodeFileSystem, async ({ count }) => {
    if (!isOver && !hasTurned && count >= at) hasTurned = await remount(dirname(root), 'ro');
    return undefined;
  });
  const run = await StoreCase.begin(scene, root, fileSystem);
  return {
    run,
    begin: async () => async () => {
      isOver = true;
      if (hasTurned) await remount(dirname(root), 'rw');
    },
    met: () => hasTurned,
    mayLeave: () => hasTurned,
  };
}

/** Whether it could. */
async function remount(disk: string, mode: 'ro' | 'rw'): Promise<boolean> {
  return await promisify(execFile)('mount', ['-o', `remount,${mode}`, disk]).then(
    () => true,
    () => false,
  );
}
