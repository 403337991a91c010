import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '@tgstore/testkit';
import { sharedNow } from './clock.ts';
import { take } from './locks.ts';
import type { Competition, Order } from './order.ts';

/** Takes and gives back one lock over and over, to read or to write; what it still waits for in the end counts as a wait. */
export async function compete({
  lock,
  path,
  seconds,
  seed,
}: Order & { task: 'compete' }): Promise<Competition> {
  const random = createRandom(seed);
  const timeUp = AbortSignal.timeout(seconds * 1000);
  const end = new Promise<undefined>((resolve) => {
    timeUp.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  let operations = 0;
  let longestWaitMs = 0;
  globalThis.gc?.();
  while (!timeUp.aborted) {
    const shared = !random.chance(WRITERS);
    const asked = sharedNow();
    const taking = take(lock, path, { shared, signal: timeUp });
    const release = await Promise.race([taking, end]);
    longestWaitMs = Math.max(longestWaitMs, sharedNow() - asked);
    if (release === undefined) {
      // proper-lockfile will have it some time
      void taking.then((late) => late()).catch(() => {});
      break;
    }
    await delay(random.int(1, 3));
    await release();
    operations += 1;
  }
  return { operations, longestWaitMs };
}

const WRITERS = 0.3;
