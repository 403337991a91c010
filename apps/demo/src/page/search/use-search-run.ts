import { useCallback, useEffect, useRef, useState } from 'react';
import type { SearchEvent } from '../../api/index.ts';
import { getLines } from '../client/request.ts';
import type { Hit } from './groups.ts';

export type Unreadable = Extract<SearchEvent, { type: 'unreadable' }>;

export interface SearchRun {
  readonly state: 'idle' | 'running' | 'stopped' | 'done' | 'failed';
  readonly hits: readonly Hit[];
  readonly unreadable: readonly Unreadable[];
  /** There are more hits than are given. */
  readonly isCut: boolean;
  readonly error?: unknown;
}

const IDLE: SearchRun = { state: 'idle', hits: [], unreadable: [], isCut: false };

/** How often hits that are still coming are shown. */
const SHOW_EVERY_MS = 100;

/** Searches `path`, of `/api/search`, until it is done, stopped, replaced or left; without one it rests. */
export function useSearchRun(path: string | undefined) {
  const [run, setRun] = useState(IDLE);
  const [attempt, setAttempt] = useState(0);
  const stopper = useRef<() => void>(() => {});
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt searches the same path again
  useEffect(() => {
    if (path === undefined) return setRun(IDLE);
    const end = new AbortController();
    stopper.current = () => {
      end.abort();
      setRun((last) => ({ ...last, state: 'stopped' }));
    };
    setRun({ ...IDLE, state: 'running' });
    void search(path, end.signal, setRun);
    return () => end.abort();
  }, [path, attempt]);
  const stop = useCallback(() => stopper.current(), []);
  const again = useCallback(() => setAttempt((count) => count + 1), []);
  return { run, stop, again };
}

async function search(
  path: string,
  signal: AbortSignal,
  show: (run: SearchRun) => void,
): Promise<void> {
  let run: SearchRun = { ...IDLE, state: 'running' };
  const hits: Hit[] = [];
  const unreadable: Unreadable[] = [];
  let shownAt = 0;
  try {
    for await (const event of getLines<SearchEvent>(path, signal)) {
      if (event.type === 'hit') hits.push(event);
      else if (event.type === 'unreadable') unreadable.push(event);
      else if (event.type === 'failed') run = { ...run, state: 'failed', error: event.error };
      else run = { ...run, state: 'done', isCut: event.isCut };
      if (signal.aborted) return;
      if (performance.now() - shownAt < SHOW_EVERY_MS) continue;
      shownAt = performance.now();
      show({ ...run, hits: hits.slice(), unreadable: unreadable.slice() });
    }
    if (run.state === 'running') {
      const message = 'the search broke off before it was done';
      run = { ...run, state: 'failed', error: { code: 'INCOMPLETE', message } };
    }
  } catch (error) {
    run = { ...run, state: 'failed', error };
  }
  if (!signal.aborted) show({ ...run, hits, unreadable });
}
