import fs from 'node:fs';
import { open } from 'node:fs/promises';
import { createRandom } from '@tgstore/testkit';
import type { Disturbance, Disturbed } from '../disturbances.ts';
import { type Scene, StoreCase } from '../store-case.ts';

type Call = (...args: unknown[]) => unknown;
type Calls = Record<string, Call>;

/**
 * Reads and writes that do a part of what they are asked for, as a system may at any time: nothing fails. All calls of Node are
 * met, whoever makes them; `at` is the seed of how much they do.
 */
export async function short(
  scene: Scene,
  root: string,
  { at, way }: Disturbed,
): Promise<Disturbance> {
  const run = await StoreCase.begin(scene, root);
  const random = createRandom(at);
  let met = 0;
  const cut = (length: unknown): number => {
    met += 1;
    return way === 'bytes' && Number(length) < 4096
      ? 1
      : Math.max(1, Math.floor(Number(length) * random.next()));
  };
  return {
    run,
    async begin() {
      const handle = await open(process.execPath);
      const ofHandles = Object.getPrototypeOf(handle) as Calls;
      await handle.close();
      const ofStreams = fs as unknown as Calls;
      const undo = [
        // read(buffer, offset, length, …), and read(fd, buffer, offset, length, …)
        replace(ofHandles, 'read', 2, cut),
        replace(ofHandles, 'write', 2, cut),
        replace(ofStreams, 'read', 3, cut),
        replace(ofStreams, 'write', 3, cut),
      ];
      return async () => {
        for (const one of undo) one();
      };
    },
    met: () => met > 0,
    isHarmless: true,
  };
}

/** Replaces the length that a call is given. */
function replace(
  calls: Calls,
  name: string,
  index: number,
  cut: (length: unknown) => number,
): () => void {
  const real = calls[name] as Call;
  calls[name] = function (this: unknown, ...args) {
    const length = args[index];
    if (typeof length === 'number' && length > 1) args[index] = cut(length);
    return real.apply(this, args);
  };
  return () => {
    calls[name] = real;
  };
}
