import { AsyncResource } from 'node:async_hooks';

/** Runs in an asynchronous context of its own: what is taken there is not held by the one that calls. */
export async function inOwnContext<T>(work: () => Promise<T>): Promise<T> {
  return await new AsyncResource('test').runInAsyncScope(work);
}
