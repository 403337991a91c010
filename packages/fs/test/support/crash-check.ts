import { readUndoRecord, recoverTail } from '../../src/index.ts';
import { type CrashModel, type CrashState, crashStates } from './crash-states.ts';
import { type Files, type Operation, SimulatedDisk } from './simulated-disk.ts';

export const FILE = '/chats/chat.json';
export const UNDO = '/undo/chat.undo';

/** What is done to the disk, before it crashes. */
export type Program = (disk: SimulatedDisk) => Promise<void>;

export interface CheckOptions {
  /** Recovers, in place of `recoverTail` on the disk as it is. */
  readonly recover?: ((disk: SimulatedDisk) => Promise<unknown>) | undefined;
  /** Changes what recovery finds on the disk. */
  readonly found?: ((files: Files) => Files) | undefined;
}

export interface Checked {
  /** Different states in which the program was stopped. */
  readonly states: number;
  /** Different states in which recovery was stopped, to any depth. */
  readonly nested: number;
  /** What went wrong, one line each. */
  readonly violations: string[];
}

/**
 * Stops a program in every state a crash can leave, recovers, and stops that in every state too, and so on until no
 * state is new. The file must then be what was promised, and the record gone.
 */
export async function checkCrashes(
  start: Files,
  program: Program,
  model: CrashModel,
  { recover = recoverOn, found = (files) => files }: CheckOptions = {},
): Promise<Checked> {
  const disk = new SimulatedDisk(start);
  await program(disk);
  const violations: string[] = [];
  const recoveries = new Map<string, Recovered>();

  const recovered = async ({ files, key }: CrashState): Promise<Recovered> => {
    const known = recoveries.get(key);
    if (known) return known;
    const before = found(files);
    const after = new SimulatedDisk(before);
    const result = await recover(after).catch((error: unknown) => error);
    const end = { before, result, files: after.files, operations: after.operations };
    recoveries.set(key, end);
    return end;
  };

  let states = 0;
  const queue: Recovered[] = [];
  for (const state of crashStates(start, disk.operations, model)) {
    states += 1;
    const end = await recovered(state);
    const promised = state.promised ?? [start.get(FILE)];
    if (!isOneOf(end.files.get(FILE), promised) || end.files.has(UNDO)) {
      violations.push(describe(state, end, disk.operations));
    }
    if (model === 'killed' && !isOneOf(await readAround(state.files), promised)) {
      violations.push(`a reader after ${state.cut} operations sees a part of a write`);
    }
    queue.push(end);
  }

  const checked = new Set<Recovered>();
  let nested = 0;
  for (let end = queue.pop(); end; end = queue.pop()) {
    if (checked.has(end)) continue;
    checked.add(end);
    for (const state of crashStates(end.before, end.operations, model)) {
      nested += 1;
      const again = await recovered(state);
      if (!isOneOf(again.files.get(FILE), [end.files.get(FILE)]) || again.files.has(UNDO)) {
        violations.push(`recovering again: ${describe(state, again, end.operations)}`);
      }
      queue.push(again);
    }
  }
  return { states, nested, violations };
}

interface Recovered {
  readonly before: Files;
  readonly result: unknown;
  readonly files: Files;
  readonly operations: readonly Operation[];
}

async function recoverOn({ fileSystem }: SimulatedDisk): Promise<unknown> {
  return await recoverTail(FILE, UNDO, { fileSystem });
}

/** What a reader without a lock takes the file to be. */
async function readAround(files: Files): Promise<Uint8Array> {
  const bytes = files.get(FILE) ?? new Uint8Array();
  const record = await readUndoRecord(UNDO, { fileSystem: new SimulatedDisk(files).fileSystem });
  return record ? Buffer.concat([bytes.subarray(0, record.at), record.bytes]) : bytes;
}

function isOneOf(
  bytes: Uint8Array | undefined,
  contents: readonly (Uint8Array | undefined)[],
): boolean {
  return contents.some((content) => content && bytes && Buffer.compare(content, bytes) === 0);
}

function describe(state: CrashState, end: Recovered, operations: readonly Operation[]): string {
  const last = operations[state.cut - 1]?.kind ?? 'nothing';
  const sizes = [...end.files].map(([path, bytes]) => `${path} of ${bytes.length}`);
  return `stopped after ${state.cut} operations (${last}): ${String(end.result)}, ${sizes.join(', ')}`;
}
