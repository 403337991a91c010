import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FileSystem } from '@tgstore/fs';
import { typeScriptFlags } from '@tgstore/testkit';
import type { Disk, Recording } from './disk.ts';
import { quickDirectory } from './materialize.ts';
import { recordingFileSystem } from './record-seam.ts';
import { replay, TRACED } from './record-strace.ts';
import { Recorder } from './recorder.ts';
import { placeAt, runStep, type Scenario } from './scenario.ts';

/** Runs scenarios in a process of their own, and records all of its calls. */
export async function recordByStrace(scenarios: readonly Scenario[]): Promise<Recording[]> {
  await using dir = await quickDirectory();
  await mkdir(join(dir.path, 'run'));
  const log = join(dir.path, 'log');
  const program = fileURLToPath(new URL('record-program.ts', import.meta.url));
  const names = scenarios.map(({ name }) => name);
  const flags = ['-f', '-xx', '-s', '16777216', '-o', log, '-e', `trace=${TRACED.join(',')}`];
  const command = [process.execPath, ...typeScriptFlags, program];
  const args = [...flags, ...command, join(dir.path, 'run'), JSON.stringify(names)];
  const child = spawn('strace', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`the recorded process ended with ${status}`);
  return readRecordings(await readFile(log, 'latin1'), names);
}

function readRecordings(log: string, names: readonly string[]): Recording[] {
  const recordings: Recording[] = [];
  let start: Disk | undefined;
  replay(log, (mark, recorder) => {
    if (mark === 'begin') {
      start = recorder.disk();
      recorder.operations = [];
    } else if (mark === 'promise') recorder.promise();
    else if (start) {
      const name = mark.slice('end '.length);
      recordings.push({ name, start, operations: recorder.operations });
    }
  });
  if (recordings.length === names.length) return recordings;
  throw new Error(`${recordings.length} of ${names.length} scenarios are in the log`);
}

/** Runs a scenario in this process, and records what goes through the seam of `@tgstore/fs`. */
export async function recordBySeam(
  { name, prepare, steps }: Scenario,
  wrap: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
): Promise<Recording> {
  await using dir = await quickDirectory();
  const place = placeAt(dir.path);
  await prepare(place);
  const recorder = new Recorder(dir.path, dir.path);
  const start = recorder.disk();
  const fileSystem = wrap(recordingFileSystem(recorder));
  await using store = place.open({ fileSystem });
  for (const step of steps) {
    await runStep(step, store, place);
    recorder.promise();
  }
  return { name, start, operations: recorder.operations };
}
