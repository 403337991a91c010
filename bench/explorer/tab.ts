import {
  type Browser,
  launchChromium,
  type Page,
} from '../../apps/demo/test/support/launch-chromium.ts';
import { residentBytes } from './resident-bytes.ts';

/** A Chromium of its own with one tab, so that nothing is warm. */
export interface BenchTab extends AsyncDisposable {
  readonly page: Page;
  /** When the first message was painted, in milliseconds from when the address was entered. */
  readonly firstMessage: () => Promise<number>;
  /** After its garbage was collected. */
  readonly memory: () => Promise<{ readonly heapBytes: number; readonly tabBytes: number }>;
}

export async function openBenchTab(): Promise<BenchTab> {
  const browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  // a function of the page is a text here: nothing that compiles this file may add to it
  await page.addInitScript(WATCH);
  return {
    page,
    firstMessage: () => page.evaluate<number>(FIRST_MESSAGE),
    memory: () => measureMemory(browser, page),
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

async function measureMemory(browser: Browser, page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const heap = metrics.find(({ name }) => name === 'JSHeapUsedSize');
  const system = await browser.newBrowserCDPSession();
  const { processInfo } = await system.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  return {
    heapBytes: heap?.value ?? Number.NaN,
    // one may stand by for the next tab
    tabBytes: Math.max(...renderers.map(({ id }) => residentBytes(id))),
  };
}

/** The policy of the page lets a test run a text, but not wait for one. */
const FIRST_MESSAGE = `new Promise((done) => {
  const look = () => {
    if (window.seen.message > 0) done(window.seen.message);
    else requestAnimationFrame(look);
  };
  look();
})`;

/** Notes when the first message and the first row are painted, and the tasks that keep the tab busy for over 50 ms. */
const WATCH = `
  window.seen = {};
  window.longTasks = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: 'longtask', buffered: true });
  const note = (name, selector) => {
    if (window.seen[name] !== undefined || !document.querySelector(selector)) return;
    window.seen[name] = 0;
    requestAnimationFrame(() => setTimeout(() => { window.seen[name] = performance.now(); }));
  };
  new MutationObserver(() => {
    note('message', '[data-message]');
    note('row', '[data-id]');
  }).observe(document, { subtree: true, childList: true });
`;
