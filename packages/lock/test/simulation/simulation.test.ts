import { announceSeed } from '@tgstore/testkit';
import { expect, test } from 'vitest';
import { runSchedules, type Schedules } from './schedules.ts';
import { SimulatedTimers } from './simulated-timers.ts';
import { ticketProtocol } from './ticket-protocol.ts';

// TGSTORE_SCHEDULES=1000000 is the long run: 20 minutes
const SCHEDULES = Number(process.env.TGSTORE_SCHEDULES ?? 10_000);
const TIMEOUT_MS = 60_000 + SCHEDULES * 50;
const seed = announceSeed();

test(
  `in ${SCHEDULES} random schedules with crashes, stalls and renames that lie, nobody holds a lock beside a writer`,
  async () => {
    using timers = new SimulatedTimers();
    const started = performance.now();
    const result = await runSchedules(SCHEDULES, { seed, protocol: ticketProtocol(), timers });
    report(result, performance.now() - started);
    expect(result.violation).toBeUndefined();
    // otherwise nothing was tested
    for (const times of Object.values(result.totals)) expect(times).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);

test('nor is anything left or anybody stuck where any call of the disk may fail', async () => {
  using timers = new SimulatedTimers();
  const options = { seed, protocol: ticketProtocol(), timers, faults: 'all' } as const;
  expect((await runSchedules(2000, options)).violation).toBeUndefined();
});

function report({ count, totals }: Schedules, tookMs: number): void {
  const { steps, grants, crashes, stalls, faults, gaveUp } = totals;
  process.stderr.write(
    `${count} schedules, ${steps} steps, ${grants} locks held, ${gaveUp} given up, ${crashes} crashes, ` +
      `${stalls} stalls, ${faults} faults in ${Math.round(tookMs)} ms\n`,
  );
}
