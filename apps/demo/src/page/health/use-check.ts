import { useCallback, useEffect, useRef, useState } from 'react';
import type { CheckEvent } from '../../api/index.ts';
import { getLines } from '../client/request.ts';
import type { Finding } from './findings.ts';

type Progress = Extract<CheckEvent, { type: 'progress' }>;
type Verdict = Extract<CheckEvent, { type: 'done' }>;

export interface CheckRun {
  readonly state: 'idle' | 'running' | 'stopped' | 'done' | 'failed';
  readonly findings: readonly Finding[];
  readonly progress?: Progress | undefined;
  readonly verdict?: Verdict | undefined;
  readonly error?: unknown;
}

/** Reads the whole store when it is asked to; ends when it is stopped or the view is left. */
export function useCheck() {
  const [run, setRun] = useState<CheckRun>({ state: 'idle', findings: [] });
  const end = useRef<AbortController>(undefined);
  useEffect(() => () => end.current?.abort(), []);
  const start = useCallback(() => {
    end.current?.abort();
    end.current = new AbortController();
    void check(end.current.signal, setRun);
  }, []);
  const stop = useCallback(() => {
    end.current?.abort();
    setRun((last) => ({ ...last, state: 'stopped' }));
  }, []);
  return { run, start, stop };
}

async function check(signal: AbortSignal, show: (run: CheckRun) => void): Promise<void> {
  let run: CheckRun = { state: 'running', findings: [] };
  show(run);
  try {
    for await (const event of getLines<CheckEvent>('/api/check', signal)) {
      run = withEvent(run, event);
      if (signal.aborted) return;
      show(run);
    }
    if (run.state === 'running') {
      const message = 'the check broke off before it was done';
      run = { ...run, state: 'failed', error: { code: 'INCOMPLETE', message } };
    }
  } catch (error) {
    run = { ...run, state: 'failed', error };
  }
  if (!signal.aborted) show(run);
}

function withEvent(run: CheckRun, event: CheckEvent): CheckRun {
  if (event.type === 'progress') return { ...run, progress: event };
  if (event.type === 'problem') return { ...run, findings: [...run.findings, event] };
  if (event.type === 'failed') return { ...run, state: 'failed', error: event.error };
  return { ...run, state: 'done', verdict: event };
}
