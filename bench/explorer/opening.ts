import { serve } from './serve.ts';
import { openBenchTab } from './tab.ts';

export interface Opening {
  /** From when the address was entered until the last messages were painted. */
  readonly firstMessageMs: number;
  readonly heapBytes: number;
  readonly tabBytes: number;
  readonly serverBytes: number;
}

/** Opens the only conversation of a store, with a fresh server and a fresh browser. */
export async function measureOpening(store: string): Promise<Opening> {
  await using server = await serve(store);
  await using tab = await openBenchTab();
  await tab.page.goto(conversationAddress(server.address));
  const firstMessageMs = await tab.firstMessage();
  return { firstMessageMs, ...(await tab.memory()), serverBytes: server.residentBytes() };
}

/** Of the conversation `1`. */
export function conversationAddress(address: string): string {
  const url = new URL(address);
  return new URL(`/c/1${url.hash}`, url).href;
}
