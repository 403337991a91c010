import { setTimeout as delay } from 'node:timers/promises';
import { sharedNow } from './clock.ts';
import { take } from './locks.ts';
import type { Order, Report } from './order.ts';

const stops = new Map<string, AbortController>();

/** Takes a lock, holds it for a while, gives it back, and says when. */
export async function hold(
  { lock, path, holdMs }: Order & { task: 'hold' },
  report: (report: Report) => void,
): Promise<void> {
  const { signal } = stopFor(path);
  try {
    const release = await take(lock, path, { signal });
    report({ kind: 'taken', path, at: sharedNow() });
    await delay(holdMs, undefined, { signal }).catch(() => {});
    const at = sharedNow();
    await release();
    report({ kind: 'given', path, at });
  } catch (error) {
    if (!signal.aborted) throw error;
    report({ kind: 'given', path });
  }
}

/** Makes an end of all holding of, and waiting for, a path. */
export function stop(path: string): void {
  stopFor(path).abort();
}

function stopFor(path: string): AbortController {
  const known = stops.get(path) ?? new AbortController();
  stops.set(path, known);
  return known;
}
