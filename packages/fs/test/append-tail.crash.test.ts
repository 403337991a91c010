import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  announceSeed,
  createRandom,
  startTypeScript,
  systemError,
  tempDirectory,
  watchCalls,
} from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { appendTail, type FileSystem, recoverTail, type TailRecovery } from '../src/index.ts';
import { checkCrashes, FILE, type Program, UNDO } from './support/crash-check.ts';
import type { CrashModel } from './support/crash-states.ts';
import { linesUpTo } from './support/lines.ts';
import { type Files, SimulatedDisk } from './support/simulated-disk.ts';
import { codesOf } from './support/watched.ts';

// Every state in which a crash can leave the disk, of each way to append; then the same with a step left out.

const KILLS = 20;

interface Append {
  readonly title: string;
  readonly old: Uint8Array;
  readonly from: number;
  readonly tail: Uint8Array;
}

const APPENDS: Append[] = [
  { title: 'a longer tail', old: bytes(9_192, 1), from: 8_000, tail: bytes(6_000, 2) },
  { title: 'a shorter tail', old: bytes(13_000, 3), from: 7_000, tail: bytes(2_500, 4) },
  { title: 'a tail of the same length', old: bytes(8_500, 5), from: 8_300, tail: bytes(200, 6) },
  { title: 'a small file', old: bytes(900, 7), from: 700, tail: bytes(5_000, 8) },
  { title: 'nothing but new bytes', old: bytes(8_192, 9), from: 8_192, tail: bytes(5_000, 10) },
  { title: 'no new bytes', old: bytes(9_000, 11), from: 8_192, tail: bytes(0, 12) },
  { title: 'a file that was empty', old: bytes(0, 13), from: 0, tail: bytes(4_097, 14) },
];
const [LONGER] = APPENDS as [Append, ...Append[]];
const MODELS: CrashModel[] = ['killed', 'ordered', 'weak'];

describe.each(APPENDS)('$title', (append) => {
  test.each(MODELS)('is old or new after a crash anywhere (%s)', async (model) => {
    const { states, nested, violations } = await checkCrashes(
      filesOf(append),
      appending(append),
      model,
    );
    report(`${append.title}, ${model}`, states, nested);
    expect(violations).toEqual([]);
    expect(states).toBeGreaterThan(4);
  });

  test('relaxed is old or new after a kill anywhere', async () => {
    const relaxed = appending(append, { durability: 'relaxed' });
    const { violations } = await checkCrashes(filesOf(append), relaxed, 'killed', {
      recover: ({ fileSystem }) => recoverTail(FILE, UNDO, { fileSystem, durability: 'relaxed' }),
    });
    expect(violations).toEqual([]);
  });
});

test.each(MODELS)('two appends in a row keep what was reported (%s)', async (model) => {
  const first = newOf(LONGER);
  const second: Append = { title: 'then', old: first, from: 10_000, tail: bytes(3_000, 15) };
  const program: Program = async (disk) => {
    await appending(LONGER)(disk);
    await appending(second)(disk);
  };
  const { states, nested, violations } = await checkCrashes(filesOf(LONGER), program, model);
  report(`two in a row, ${model}`, states, nested);
  expect(violations).toEqual([]);
});

test.each(MODELS)('a failed append is old or new after a crash anywhere (%s)', async (model) => {
  const total = { states: 0, nested: 0 };
  for (const forEver of [false, true]) {
    for (let at = 1; ; at++) {
      let calls = 0;
      const program = appending(LONGER, {}, (fileSystem) =>
        watchCalls(fileSystem, ({ count, name }) => {
          calls = count;
          if (forEver ? count >= at : count === at) throw systemError('EIO', name);
          return undefined;
        }),
      );
      const { states, nested, violations } = await checkCrashes(filesOf(LONGER), program, model);
      expect(violations, `call ${at}, for ever: ${forEver}`).toEqual([]);
      total.states += states;
      total.nested += nested;
      if (calls < at) break;
    }
  }
  report(`each call failing, ${model}`, total.states, total.nested);
});

// In the order in which they are made, the first two at the same time; what the journal of names makes up for is not seen
// under 'ordered'
const SYNCS: [what: string, count: number, models: CrashModel[]][] = [
  ['directory after the record is made', 1, ['weak']],
  ['record', 2, ['ordered', 'weak']],
  ['file', 3, ['ordered', 'weak']],
  ['directory after the record is removed', 4, ['ordered', 'weak']],
];

describe.each(SYNCS)('without the sync of the %s', (_, left, models) => {
  test.each(models)('the enumeration finds lost or torn files (%s)', async (model) => {
    const program = appending(LONGER, {}, (fileSystem) => withoutSync(fileSystem, left));
    const { violations } = await checkCrashes(filesOf(LONGER), program, model);
    expect(violations.length).toBeGreaterThan(0);
  });
});

test.each(['ordered', 'weak'] as const)(
  'without the sync of the file in recovery, the enumeration finds torn files (%s)',
  async (model) => {
    const { violations } = await checkCrashes(filesOf(LONGER), appending(LONGER), model, {
      recover: ({ fileSystem }) =>
        recoverTail(FILE, UNDO, { fileSystem: withoutSync(fileSystem, 1) }),
    });
    expect(violations.length).toBeGreaterThan(0);
    expect(violations.every((violation) => violation.startsWith('recovering again'))).toBe(true);
  },
);

test.each(['ordered', 'weak'] as const)(
  'without the checksum, the enumeration finds torn files (%s)',
  async (model) => {
    const { violations } = await checkCrashes(filesOf(LONGER), appending(LONGER), model, {
      found: withRightChecksum,
    });
    expect(violations.length).toBeGreaterThan(0);
  },
);

test(`after each of ${KILLS} kills recovery gives whole lines, and all that were reported`, async () => {
  const random = createRandom(announceSeed());
  // An append makes about twenty calls
  const calls = Array.from({ length: KILLS }, () => 1 + Math.floor(random.next() * 60));
  const results: TailRecovery[] = [];
  const lane = async () => {
    for (let at = calls.pop(); at !== undefined; at = calls.pop()) results.push(await killAt(at));
  };
  await Promise.all([lane(), lane()]);
  process.stderr.write(`recovery after ${KILLS} kills: ${results.sort().join(', ')}\n`);
  // Otherwise no kill fell into a write, and nothing was tested
  expect(results).toContain('rolled-back');
});

async function killAt(call: number): Promise<TailRecovery> {
  await using dir = await tempDirectory();
  const path = join(dir.path, 'chat.json');
  const undoPath = join(dir.path, '.chat.undo');
  await writeFile(path, linesUpTo(1));
  const child = startTypeScript(new URL('support/append-until-killed.ts', import.meta.url), {
    args: [path, undoPath, String(call)],
  });
  let said = '1\n';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  const reported = Number(said.trim().split('\n').at(-1));

  const recovered = await recoverTail(path, undoPath);
  const whole = [linesUpTo(reported), linesUpTo(reported + 1)];
  expect(whole.includes(await readFile(path, 'utf8')), `killed in call ${call}`).toBe(true);
  expect(await readdir(dir.path)).toEqual(['chat.json']);
  return recovered;
}

/** The files as they are where nobody looks at the checksum of the record. */
function withRightChecksum(files: Files): Files {
  const record = files.get(UNDO);
  if (!record || record.length < 32) return files;
  const covered = record.subarray(0, -32);
  const hash = createHash('sha256').update(covered).digest();
  return new Map([...files, [UNDO, Buffer.concat([covered, hash])]]);
}

/** Leaves out the n-th sync, from 1. */
function withoutSync(fileSystem: FileSystem, left: number): FileSystem {
  let syncs = 0;
  return watchCalls(fileSystem, ({ name }) => {
    if (name !== 'handle.sync') return undefined;
    syncs += 1;
    return syncs === left ? { result: undefined } : undefined;
  });
}

function appending(
  append: Append,
  options: { readonly durability?: 'relaxed' } = {},
  wrap: (fileSystem: FileSystem) => FileSystem = (fileSystem) => fileSystem,
): Program {
  return async (disk) => {
    const after = newOf(append);
    disk.promise(append.old, after);
    try {
      const { from, tail } = append;
      const fileSystem = wrap(disk.fileSystem);
      await appendTail(FILE, tail, { from, undoPath: UNDO, fileSystem, ...options });
      disk.promise(after);
    } catch (error) {
      if (!codesOf(error).includes('EIO')) throw error;
      if (isUnconfirmed(error)) disk.promise(append.old, after);
      else disk.promise(append.old);
    }
  };
}

function isUnconfirmed(error: unknown): boolean {
  const { code, path } = error as { code?: unknown; path?: unknown };
  return code === 'FS_UNCONFIRMED' && path === FILE;
}

function filesOf({ old }: Append): Files {
  return new SimulatedDisk(new Map([[FILE, old]])).files;
}

function newOf({ old, from, tail }: Append): Uint8Array {
  return Buffer.concat([old.subarray(0, from), tail]);
}

/** Bytes that are never zero and differ at almost every place between two seeds. */
function bytes(length: number, seed: number): Uint8Array {
  return Uint8Array.from(
    { length },
    (_, index) => 1 + ((index * 7 + seed * 31 + (index >> 8)) % 250),
  );
}

function report(title: string, states: number, nested: number): void {
  process.stderr.write(`${title}: ${states} states, ${nested} of recovery\n`);
}
