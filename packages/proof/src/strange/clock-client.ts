// A process with another clock: `clock-client.ts DIRECTORY SHIFT ACTION`.

import { shiftClock } from './shifted-clock.ts';

const [directory = '', shift, action] = process.argv.slice(2);
shiftClock(Number(shift));
const { openStore, message } = await import('./sample-store.ts');
// one that is held is asked for in vain
const store = openStore(directory, 500);
if (action === 'hold') {
  await store.processAllUnprocessed(async () => {
    process.stdout.write('held\n');
    await new Promise((resolve) => setTimeout(resolve, 2 ** 30));
  });
} else if (action === 'process') {
  const results = await store.processAllUnprocessed(() => {});
  process.stdout.write([...results.values()].map(({ status }) => status).join());
} else {
  const appending = store.appendMessages('a', [message(Number(action))]);
  const told = await appending.then(
    ({ added }) => `added ${added}`,
    (error: { code?: string }) => `${error.code}`,
  );
  process.stdout.write(told);
}
process.exit();
