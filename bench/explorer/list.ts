import { serve } from './serve.ts';
import { openBenchTab } from './tab.ts';

/** Opens the list of a store: when its first rows are painted, and when it knows all. */
export async function measureList(
  store: string,
  count: number,
): Promise<{ readonly firstMs: number; readonly allMs: number }> {
  await using server = await serve(store);
  await using tab = await openBenchTab();
  const { page } = tab;
  await page.goto(server.address);
  const all = count.toLocaleString('en-US');
  await page
    .getByRole('region', { name: 'Conversations' })
    .getByText(all, { exact: true })
    .waitFor();
  const allMs = await page.evaluate(() => performance.now());
  return { firstMs: await page.evaluate<number>('window.seen.row'), allMs };
}
