// Checks a part of the states of recordings: worker.ts JOB INDEX. Prints how many it has checked, at last what it has found.
import { readFile } from 'node:fs/promises';
import { deserialize } from 'node:v8';
import { checkRecording } from './check-recording.ts';
import { subjectOf } from './expected.ts';
import { scenarioOf } from './scenarios.ts';
import type { Job, Told } from './spread.ts';

const [path = '', index = '0'] = process.argv.slice(2);
const { recordings, models, of, options } = deserialize(await readFile(path)) as Job;

function tell(told: Told): void {
  process.stdout.write(`${JSON.stringify(told)}\n`);
}

const total = { states: 0, nested: 0, violations: [] as string[] };
let checked = 0;
for (const recording of recordings) {
  const subject = await subjectOf(scenarioOf(recording.name), recording);
  for (const model of models) {
    const found = await checkRecording(subject, model, {
      ...options,
      part: { index: Number(index), of },
      onState: () => {
        checked += 1;
        if (checked % 50 === 0) tell({ checked: 50 });
      },
    });
    total.states += found.states;
    total.nested += found.nested;
    total.violations.push(...found.violations);
  }
}
tell({ checked: checked % 50, found: total });
// what shows this process in the many directories of locks needs a moment to end by itself
process.exit(0);
