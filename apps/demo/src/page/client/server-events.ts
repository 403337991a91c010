import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import type { ServerEvents } from '../../api/index.ts';
import { applyChanges, CONVERSATIONS_KEY } from './conversations.ts';
import { JOB_KEY } from './job.ts';
import { readEvents, type ServerEvent } from './read-events.ts';
import { request } from './request.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

let isConnected = false;
const listeners = new Set<() => void>();

/** Whether what other processes change is told at once. */
export function useIsConnected(): boolean {
  return useSyncExternalStore(subscribe, () => isConnected);
}

/** Keeps conversations and job as the server tells that they are. Once, around all views. */
export function useServerEvents(): void {
  const client = useQueryClient();
  useEffect(() => {
    const end = new AbortController();
    void follow(client, end.signal);
    return () => end.abort();
  }, [client]);
}

async function follow(client: QueryClient, signal: AbortSignal): Promise<void> {
  let wait = FIRST_WAIT_MS;
  let isFirst = true;
  while (!signal.aborted) {
    try {
      const { body } = await request('/api/events', { signal });
      setConnected(true);
      wait = FIRST_WAIT_MS;
      // what changed while nobody told is asked for
      if (!isFirst) await refetch(client);
      isFirst = false;
      if (body) for await (const event of readEvents(body)) take(client, event);
    } catch {
      // the server ended or restarts: the loop tries again
    }
    setConnected(false);
    await pause(wait, signal);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }
}

function take(client: QueryClient, { event, data }: ServerEvent): void {
  if (event === 'job') {
    client.setQueryData(JOB_KEY, JSON.parse(data) as ServerEvents['job']);
  } else if (event === 'conversations') {
    applyChanges(client, JSON.parse(data) as ServerEvents['conversations']);
  }
}

async function refetch(client: QueryClient): Promise<void> {
  await client.invalidateQueries({ queryKey: JOB_KEY });
  void client.invalidateQueries({ queryKey: CONVERSATIONS_KEY });
}

function setConnected(value: boolean): void {
  isConnected = value;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
