// A process that tries mutated files: run-cases.ts KIND SEED FROM TO STEP DEAR PULSE. It writes the number of the case at hand to
// the file PULSE before each, so that who watches knows where it hangs, and what it finds as JSON, a line each.

import { closeSync, openSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { tempDirectory } from '@tgstore/testkit';
import { type Case, fileOf, makeCase, shrink } from './cases.ts';
import { type Kind, mustBeCoded, type Subject, unlessRefused, Violation } from './kind.ts';
import { kinds } from './kinds.ts';
import { MemoryWatch } from './memory-watch.ts';
import { PrototypeWatch } from './prototype-watch.ts';

const [, , kindName, ...numbers] = process.argv;
const [seed = 0, from = 0, to = 0, step = 1, dearEvery = 1] = numbers.slice(0, 5).map(Number);
const pulse = openSync(numbers[5] ?? '', 'w');
const kind = kinds.find(({ name }) => name === kindName);
if (!kind || !isMainThread) throw new Error(`no kind ${kindName}`);

let stray: unknown;
process.on('uncaughtException', (error) => {
  stray ??= error;
});
process.on('unhandledRejection', (error) => {
  stray ??= error;
});

const prototypes = new PrototypeWatch();
const memory = new MemoryWatch();
let read = 0;

try {
  await run(kind);
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}
closeSync(pulse);

async function run(kind: Kind): Promise<void> {
  await using directory = await tempDirectory();
  await using subject = await kind.open(directory.path);
  writeSync(pulse, `${from}\n`.padEnd(16), 0);
  await warmUp(subject);
  let tried = 0;
  for (let number = from; number < to; number += step) {
    writeSync(pulse, `${number}\n`.padEnd(16), 0);
    const found = makeCase(seed, number, subject.material);
    const problem = await attempt(subject, found);
    tried += 1;
    if (problem !== undefined) await tell(subject, found, problem);
  }
  say({ done: { tried, read, peak: memory.peakBytes } });
}

/** What is loaded, compiled and kept at first is no matter of a mutation; whole files must be read, but for the broken ones of others. */
async function warmUp(subject: Subject): Promise<void> {
  for (let times = 0; times < 3; times += 1) {
    for (const [origin, bytes] of subject.material.corpus.entries()) {
      await unlessRefused(() => subject.try({ bytes, origin, seed: times, isDear: true }));
    }
  }
  const problem = memory.isLarge();
  if (problem !== undefined) throw new Violation(problem);
}

/** What is wrong; `undefined` where nothing is. */
async function attempt(subject: Subject, one: Case): Promise<string | undefined> {
  const isDear = (one.number / step) % dearEvery < 1;
  const file = fileOf(one, subject.material, isDear);
  memory.begin(file.bytes.length);
  try {
    if (await subject.try(file)) read += 1;
  } catch (error) {
    try {
      mustBeCoded(error);
    } catch (uncoded) {
      return describe(uncoded);
    }
  }
  if (stray !== undefined) {
    const error = stray;
    stray = undefined;
    return `nobody catches ${describe(error)}`;
  }
  return prototypes.polluted() ?? memory.exceeded();
}

async function tell(subject: Subject, found: Case, problem: string): Promise<void> {
  const kind = (text: string): string => text.replaceAll(/\d+|"[^"]*"|'[^']*'/g, '').slice(0, 60);
  const small = await shrink(found, async (smaller) => {
    const again = await attempt(subject, smaller);
    return again !== undefined && kind(again) === kind(problem);
  });
  const { origin, mutations } = small;
  say({ violation: { number: found.number, origin, mutations, problem } });
}

function describe(error: unknown): string {
  if (error instanceof Violation) return error.message.slice(0, 500);
  if (!(error instanceof Error)) return `what is no error: ${String(error).slice(0, 200)}`;
  const place =
    /\n\s+at ([^\n]*(?:packages|node_modules)[^\n]*)/.exec(error.stack ?? '')?.[1] ?? '';
  const code = 'code' in error ? ` ${error.code}` : '';
  return `${error.name}${code}: ${error.message.slice(0, 300)} (${place.replace(/file:\S*\/packages\//, '')})`;
}

function say(line: object): void {
  writeSync(1, `${JSON.stringify(line)}\n`);
}
