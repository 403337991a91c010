import { announceSeed, tempDirectory } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { directoryProtocol } from './planted/directory-protocol.ts';
import { type EpochOptions, epochProtocol } from './planted/epoch-protocol.ts';
import { lies, mutants } from './planted/faults.ts';
import { loadMutant } from './planted/mutants.ts';
import { runSchedules } from './schedules.ts';
import { SimulatedTimers } from './simulated-timers.ts';
import { type Protocol, realModules, ticketProtocol } from './ticket-protocol.ts';

const SCHEDULES = 10_000;
const RIGHT_EPOCHS: EpochOptions = { keep: 0, trustsLink: false, removesLast: false };
const seed = announceSeed();

describe(`a planted fault is found within ${SCHEDULES} schedules`, () => {
  test.for(mutants)('in the source: $what', async ({ what, mutations = [] }) => {
    await using temporary = await tempDirectory();
    const modules = await loadMutant(temporary.path, mutations);
    await expectFound(what, ticketProtocol(modules));
  });

  test.for(lies)('in what the source is told: $what', async ({ what, seams }) => {
    await expectFound(what, ticketProtocol(realModules, seams));
  });

  test.for<[string, EpochOptions]>([
    ['link is believed, and old states are removed', { ...RIGHT_EPOCHS, trustsLink: true }],
    ['the same where 3 old states are kept', { keep: 3, trustsLink: true, removesLast: false }],
    ['the last state is removed when nobody needs it', { ...RIGHT_EPOCHS, removesLast: true }],
  ])('in a protocol with numbered states: %s', async ([what, options]) => {
    await expectFound(what, epochProtocol(options), { leavesQueue: false });
  });

  test('in a directory as lock that is looked at, removed and made anew', async () => {
    await expectFound('a directory as lock', directoryProtocol, { leavesQueue: false });
  });
});

test('nothing is found in the protocol with numbered states where it is right', async () => {
  using timers = new SimulatedTimers();
  const protocol = epochProtocol(RIGHT_EPOCHS);
  const options = { seed, protocol, timers, leavesQueue: false };
  expect((await runSchedules(2000, options)).violation).toBeUndefined();
});

async function expectFound(
  what: string,
  protocol: Protocol,
  { leavesQueue = true } = {},
): Promise<void> {
  using timers = new SimulatedTimers();
  const { count, violation } = await runSchedules(SCHEDULES, {
    seed,
    protocol,
    timers,
    leavesQueue,
  });
  const [found] = (violation ?? 'NOT FOUND').split('\n');
  process.stderr.write(`${what}: schedule ${count}: ${found}\n`);
  expect(violation).toBeDefined();
}
