import { rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Disturbance, Disturbed } from '../disturbances.ts';
import { type Scene, StoreCase } from '../store-case.ts';

/** A disk on which only so many pages (`space`) or files (`inodes`) are left. */
export async function full(
  scene: Scene,
  root: string,
  { at, way }: Disturbed,
): Promise<Disturbance> {
  const run = await StoreCase.begin(scene, root);
  const filler = join(dirname(root), 'filler');
  return {
    run,
    async begin() {
      const { bavail, bsize, ffree } = await statfs(root);
      const files = way === 'space' ? 0 : ffree - at;
      const names = Array.from({ length: Math.max(0, files) }, (_, one) => `${filler}-${one}`);
      for (const name of names) await writeFile(name, '');
      if (way === 'space') {
        names.push(filler);
        await writeFile(filler, Buffer.alloc((bavail - at) * bsize));
      }
      return async () => {
        for (const name of names) await rm(name);
      };
    },
    met: () => !run.hasSucceeded,
  };
}
