import { crc32 } from 'node:zlib';
import { createRandom } from '@tgstore/testkit';
import { asMadeBefore } from './afterwards.ts';
import { type CheckOptions, checkState, recover } from './check-state.ts';
import type { Recording } from './disk.ts';
import type { Subject } from './expected.ts';
import { materialize, quickDirectory } from './materialize.ts';
import { recordingFileSystem } from './record-seam.ts';
import { Recorder } from './recorder.ts';
import { placeAt } from './scenario.ts';
import { type CrashModel, type CrashState, crashStates } from './states.ts';

export interface EnumerationOptions {
  readonly seed: number;
  /** How many more combinations are taken at random where there are too many at one cut. */
  readonly samples: number;
  /** How many of the states are checked. @default 1 */
  readonly share?: number;
  /** In how many of those recovery is crashed again. @default 0 */
  readonly nestedShare?: number;
  /** Whether in each state both the step is done again and all is handed over; else one or the other. @default false */
  readonly thorough?: boolean;
  /** Stops at the first violation. @default false */
  readonly untilFirst?: boolean;
  /** Of so many processes that share the states this is the n-th, from 0. @default 1 */
  readonly part?: { readonly index: number; readonly of: number };
  /** Keys of states that need no check, as they were checked before. */
  readonly except?: ReadonlySet<string>;
  readonly onState?: () => void;
}

export interface Enumerated {
  /** Different states that were checked. */
  states: number;
  /** Different states in which recovery was stopped, and which were checked. */
  nested: number;
  readonly violations: string[];
}

/** Checks every state that a crash can leave of a recording under a model, or a share of them. */
export async function checkRecording(
  subject: Subject,
  model: CrashModel,
  options: EnumerationOptions,
): Promise<Enumerated> {
  const { seed, samples, share = 1, nestedShare = 0, part = { index: 0, of: 1 } } = options;
  // with one sequence for all recordings a seed would take few states of every one, or many
  const random = createRandom(crc32(`${seed} ${subject.recording.name} ${model}`));
  const found: Enumerated = { states: 0, nested: 0, violations: [] };
  const recording = asMadeBefore(subject.recording, model !== 'killed');
  let index = 0;
  const states = crashStates(recording, model, { random: createRandom(seed), samples });
  const lane = async (): Promise<void> => {
    for (const state of states) {
      index += 1;
      const number = index;
      // drawn for all, so that each process that shares them draws the same
      const [isTaken, isNested] = [random.chance(share), random.chance(nestedShare)];
      if (options.except?.has(keyOf(state))) continue;
      if (!isTaken || number % part.of !== part.index) continue;
      if (options.untilFirst && found.violations.length > 0) return;
      const where = `${subject.recording.name}, ${model}, cut ${state.cut}, ${state.choice}`;
      found.states += 1;
      for (const then of options.thorough ? BOTH : [BOTH[number % 2] ?? 'again']) {
        found.violations.push(...(await check(subject, state, then, where)));
      }
      if (isNested) await checkNested(subject, state, model, options, found);
      options.onState?.();
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}

/** The states that a crash can leave of a recording under a model, by what tells them apart. */
export function keysOf(
  recording: Recording,
  model: CrashModel,
  { seed, samples }: Pick<EnumerationOptions, 'seed' | 'samples'>,
): Set<string> {
  const before = asMadeBefore(recording, model !== 'killed');
  const keys = new Set<string>();
  for (const state of crashStates(before, model, { random: createRandom(seed), samples })) {
    keys.add(keyOf(state));
  }
  return keys;
}

function keyOf({ acknowledged, key }: CrashState): string {
  return `${acknowledged} ${key}`;
}

async function check(
  subject: Subject,
  state: CrashState,
  then: CheckOptions['then'],
  where: string,
): Promise<string[]> {
  await using dir = await quickDirectory();
  materialize(state, dir.path);
  const wrong = await checkState(subject, state, placeAt(dir.path), { then });
  return wrong.map((one) => `${where}: ${one}`);
}

/** Crashes the recovery from a state in every state, too. */
async function checkNested(
  subject: Subject,
  state: CrashState,
  model: CrashModel,
  { seed, samples, thorough = false }: EnumerationOptions,
  found: Enumerated,
): Promise<void> {
  const recording = asMadeBefore(await recordRecovery(subject, state), model !== 'killed');
  const sampling = { random: createRandom(seed), samples };
  for (const again of crashStates(recording, model, sampling)) {
    found.nested += 1;
    const { cut, choice } = state;
    const where = `${recording.name}, ${model}, cut ${cut}, ${choice}, recovery cut ${again.cut}, ${again.choice}`;
    const both = `${choice} ${again.choice}`;
    const after = { ...again, acknowledged: state.acknowledged, choice: both };
    for (const then of thorough ? BOTH : [BOTH[found.nested % 2] ?? 'again']) {
      found.violations.push(...(await check(subject, after, then, where)));
    }
  }
}

async function recordRecovery(
  { recording: { name } }: Subject,
  state: CrashState,
): Promise<Recording> {
  await using dir = await quickDirectory();
  materialize(state, dir.path);
  const recorder = new Recorder(dir.path, dir.path);
  const start = recorder.disk();
  const { open } = placeAt(dir.path);
  await recover(open({ fileSystem: recordingFileSystem(recorder) }));
  return { name, start, operations: recorder.operations };
}

const BOTH: readonly CheckOptions['then'][] = ['again', 'hand over'];
/** States that are checked at the same time: who finds the lock of a dead process waits now and then. */
const LANES = 16;
