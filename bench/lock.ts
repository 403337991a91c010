// Compares the locks of @tgstore/lock with bare proper-lockfile, in alternating rounds.
//
//   npx -y pnpm@12 --filter @tgstore/bench run lock [--rounds 10] [--cycles 1000] [--waiters 2,8,32] [--hand-overs 100]
//     [--idle-rounds 3] [--idle-seconds 10] [--seconds 3] [--processes 6] [--seed 1] [--write]

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compareCompetition } from './lock/competition.ts';
import { Crew } from './lock/crew.ts';
import { compareHandOvers } from './lock/hand-over.ts';
import { compareUncontended } from './lock/uncontended.ts';
import { compareWaiting } from './lock/waiting.ts';
import { describeMachine } from './measure.ts';
import { peerVersions } from './peer-versions.ts';
import { Report } from './readme-table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    cycles: { type: 'string', default: '1000' },
    waiters: { type: 'string', default: '2,8,32' },
    'hand-overs': { type: 'string', default: '100' },
    'idle-rounds': { type: 'string', default: '3' },
    'idle-seconds': { type: 'string', default: '10' },
    seconds: { type: 'string', default: '3' },
    processes: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const processes = Number(values.processes);
const waiters = values.waiters.split(',').map(Number);
const data = join(import.meta.dirname, 'data');
mkdirSync(data, { recursive: true });
const directory = mkdtempSync(join(data, 'lock-'));
const report = new Report();
let files = 0;

try {
  report.print(`${describeMachine()}, ${peerVersions('proper-lockfile')}, seed ${values.seed}.`);
  report.print('', 'Nobody else wants the lock:', '');
  report.print(...(await compareUncontended({ rounds, cycles: Number(values.cycles), newFile })));

  await using crew = await Crew.start(Math.max(...waiters, processes) + 1);
  report.print('', 'From right before it is given back to when the next process has it:', '');
  const handOvers = Number(values['hand-overs']);
  report.print(...(await compareHandOvers(crew, { waiters, rounds, handOvers, newFile })));

  const idle = { rounds: Number(values['idle-rounds']), seconds: Number(values['idle-seconds']) };
  report.print('', `Waiting for ${idle.seconds} s:`, '');
  report.print(...(await compareWaiting(crew, { ...idle, newFile })));

  const seconds = Number(values.seconds);
  report.print('', `${processes} processes, 30 % writers, held for 1 to 3 ms:`, '');
  const seed = Number(values.seed);
  report.print(...(await compareCompetition(crew, { processes, rounds, seconds, seed, newFile })));
} finally {
  rmSync(directory, { recursive: true });
}
if (values.write) report.writeToReadme('lock');

function newFile(): string {
  files += 1;
  const path = join(directory, `file-${files}`);
  writeFileSync(path, '');
  return path;
}
