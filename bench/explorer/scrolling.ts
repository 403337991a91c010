import type { Page } from '../../apps/demo/test/support/launch-chromium.ts';
import { conversationAddress } from './opening.ts';
import { serve } from './serve.ts';
import { openBenchTab } from './tab.ts';

export interface Scrolled {
  readonly messages: number;
  readonly seconds: number;
  /** Of each task over 50 ms, how long it took, in milliseconds. */
  readonly longTasks: readonly number[];
  readonly heapBytes: number;
  readonly tabBytes: number;
  readonly serverBytes: number;
}

/** Turns the wheel until so many messages have come by, from the end up. */
export async function measureScrolling(store: string, wanted: number): Promise<Scrolled> {
  await using server = await serve(store);
  await using tab = await openBenchTab();
  const { page } = tab;
  await page.goto(conversationAddress(server.address));
  await tab.firstMessage();
  await page.evaluate('window.longTasks.length = 0');
  await page.mouse.move(800, 400);
  const last = await firstId(page);
  const start = performance.now();
  let first = last;
  while (last - first < wanted) {
    await page.mouse.wheel(0, -1500);
    await page.evaluate('new Promise(requestAnimationFrame)');
    first = await firstId(page);
  }
  return {
    messages: last - first,
    seconds: (performance.now() - start) / 1000,
    longTasks: await page.evaluate<number[]>('window.longTasks'),
    ...(await tab.memory()),
    serverBytes: server.residentBytes(),
  };
}

/** Of the messages in the document; a number, since the store is ours. */
async function firstId(page: Page): Promise<number> {
  return Number(await page.evaluate(`document.querySelector('[data-message]')?.dataset.message`));
}
