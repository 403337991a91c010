import { describe, expect, test } from 'vitest';
import { checkRecording, keysOf } from '../src/crash-states/check-recording.ts';
import type { Recording } from '../src/crash-states/disk.ts';
import { type Subject, subjectOf } from '../src/crash-states/expected.ts';
import { withoutEachSync } from '../src/crash-states/left-out.ts';
import { changedUnderProcessedName, renamedBeforeSync } from '../src/crash-states/planted.ts';
import { crashStates } from '../src/crash-states/proof.ts';
import { recordBySeam, recordByStrace } from '../src/crash-states/record.ts';
import { scenarioOf } from '../src/crash-states/scenarios.ts';
import type { CrashModel } from '../src/crash-states/states.ts';
import { lackOf } from '../src/tools.ts';
import { seed } from './support/seed.ts';

const lack = await lackOf('strace');
const skipped = lack ? ` (skipped: ${lack})` : '';

describe.each(crashStates.checks)('$what', ({ what, run, unavailable }) => {
  const reason = unavailable && lack;
  test.skipIf(reason)(`no state breaks a promise${reason ? skipped : ''}`, async () => {
    // of states in which all calls before one are done there are few
    const scale = what.includes('killed') ? 0.02 : 0.004;
    const { tried, violations, seen } = await run({ seed, scale, report: () => {} });
    process.stderr.write(`${what}: ${tried} states; ${seen}\n`);
    expect(violations).toEqual([]);
    expect(tried).toBeGreaterThan(10);
  });
});

// What is left out, of which operation, the n-th where several look alike, and the models under which that is seen
const SYNCS: [scenario: string, sync: RegExp, models: CrashModel[]][] = [
  ['processed: save over', /^<temporary> after write/, ['ordered', 'weak']],
  ['processed: save over', /^chats after rename 1_processed/, ['weak']],
  ['processed: save over', /^chats after rename <temporary>/, ['ordered', 'weak']],
  ['processed: save over', /^1\.jsonl after write/, ['ordered', 'weak']],
  ['processed: save over', /^changes after write/, ['weak']],
  ['absent: save new', /^chats after unlink <temporary>/, ['ordered', 'weak']],
  ['large: append', /^chats after write/, ['weak']],
  ['large: append', /^\.1\.undo after write/, ['ordered', 'weak']],
  ['large: append', /^1_unprocessed\.json after write/, ['ordered', 'weak']],
  ['large: append', /^chats after unlink \.1\.undo/, ['ordered', 'weak']],
  ['changed since: mark processed', /^<temporary> after write/, ['ordered', 'weak']],
  ['changed since: mark processed', /^chats after rename 1_unprocessed/, ['ordered', 'weak']],
  ['processed: mark unprocessed', /^state after rename/, ['weak']],
  ['processed: mark unprocessed', /^chats after rename 1_processed/, ['ordered', 'weak']],
];
const BACKUP_SYNCS: typeof SYNCS = [
  ['processed: create backup', /^chats after mkdir backups/, ['weak']],
  ['processed: create backup', /^<temporary> after write/, ['ordered', 'weak']],
];

describe('with a sync left out', () => {
  test.each(SYNCS)('%s, of %s: found under %s', async (name, sync, models) => {
    await expectFound(await recordBySeam(scenarioOf(name)), sync, models);
  });

  test.skipIf(lack).each(BACKUP_SYNCS)(`%s, of %s: found under %s${skipped}`, async (...args) => {
    const [name, sync, models] = args;
    const [recording] = await recordByStrace([scenarioOf(name)]);
    await expectFound(recording as Recording, sync, models);
  });
});

test.each(['ordered', 'weak'] as const)('a name before the sync is found (%s)', async (model) => {
  const subject = await subjectAt('unprocessed: append');
  expect(await violationsOf(subject, renamedBeforeSync(subject.recording), model)).not.toEqual([]);
});

test('content that changes under the processed name is found', async () => {
  const subject = await subjectAt('processed: append');
  const changed = changedUnderProcessedName(subject.recording);
  const violations = await violationsOf(subject, changed, 'killed');
  expect(violations.join('\n')).toContain('1 is processed, with the content after step 1');
});

test('a store that syncs nothing is found', async () => {
  const recording = await recordBySeam(scenarioOf('unprocessed: append'), (fileSystem) => ({
    ...fileSystem,
    open: async (...args) => {
      const handle = await fileSystem.open(...args);
      return new Proxy(handle, {
        get: (target, key) => {
          if (key === 'sync') return async () => {};
          const member: unknown = Reflect.get(target, key);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    },
  }));
  const subject = await subjectOf(scenarioOf(recording.name), recording);
  expect(await violationsOf(subject, recording, 'ordered')).not.toEqual([]);
});

async function expectFound(
  recording: Recording,
  sync: RegExp,
  models: readonly CrashModel[],
): Promise<void> {
  const subject = await subjectOf(scenarioOf(recording.name), recording);
  const [without] = withoutEachSync(recording).filter(({ what }) => sync.test(what));
  expect(
    without,
    withoutEachSync(recording)
      .map(({ what }) => what)
      .join(', '),
  ).toBeDefined();
  for (const model of models) {
    const violations = await violationsOf(subject, without?.recording ?? recording, model);
    expect(violations, `${without?.what}, ${model}`).not.toEqual([]);
  }
}

/** What is wrong in states that the recording without the bug does not have. */
async function violationsOf(
  subject: Subject,
  recording: Recording,
  model: CrashModel,
): Promise<string[]> {
  const sampling = { seed, samples: 8 };
  const except =
    recording === subject.recording
      ? new Set<string>()
      : keysOf(subject.recording, model, sampling);
  const options = { ...sampling, except, untilFirst: true, thorough: true };
  return (await checkRecording({ ...subject, recording }, model, options)).violations;
}

async function subjectAt(name: string): Promise<Subject> {
  return await subjectOf(scenarioOf(name), await recordBySeam(scenarioOf(name)));
}
