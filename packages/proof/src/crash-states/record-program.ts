// Does what is to be recorded, and marks in the calls of the process where each part begins: record-program.ts DIRECTORY NAMES
import { accessSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { markPath } from './record-strace.ts';
import { placeAt, runStep } from './scenario.ts';
import { scenarioOf } from './scenarios.ts';

const [directory = '', names = '[]'] = process.argv.slice(2);

function mark(text: string): void {
  try {
    accessSync(markPath(text));
  } catch {
    // it is not there: whoever reads the calls sees the path
  }
}

for (const [index, name] of (JSON.parse(names) as string[]).entries()) {
  const place = placeAt(join(directory, String(index)));
  await mkdir(place.directory);
  mark(`in ${place.directory}`);
  const { prepare, steps } = scenarioOf(name);
  await prepare(place);
  mark('begin');
  await using store = place.open();
  for (const step of steps) {
    await runStep(step, store, place);
    mark('promise');
  }
  mark(`end ${name}`);
}
