import { EnhancedFileManager, type RecoverOptions } from '@tgstore/core';
import { type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { hasCode } from '../has-code.ts';
import { checkBackups, checkReplaced } from './check-backups.ts';
import { checkHandOver } from './check-hand-over.ts';
import { historyOf, isAllowed, type Subject } from './expected.ts';
import { leftOvers, quarantined } from './left-overs.ts';
import { type Place, runStep } from './scenario.ts';
import type { CrashState } from './states.ts';
import { type View, viewOf } from './view.ts';

export interface CheckOptions {
  /** The calls that recovery makes. @default nodeFileSystem */
  readonly fileSystem?: FileSystem | undefined;
  /** What is done after recovery: the interrupted step again, or all that is unprocessed is handed over. */
  readonly then: 'again' | 'hand over';
}

/** Recovers a store in a state that a crash left, and says what is wrong with it then. */
export async function checkState(
  subject: Subject,
  { acknowledged, choice }: Pick<CrashState, 'acknowledged' | 'choice'>,
  place: Place,
  { fileSystem = nodeFileSystem, then }: CheckOptions,
): Promise<string[]> {
  const wrong: string[] = [];
  const { storageDir } = place;
  const look = async (when: string): Promise<void> => {
    wrong.push(
      ...(await wrongViews(subject, acknowledged, storageDir)).map((one) => `${when}: ${one}`),
    );
  };
  try {
    await look('for a reader');
    await recover(place.open({ fileSystem }));
    await look('recovered');
    wrong.push(...(await problems(storageDir)), ...(await leftOvers(storageDir)));
    if (!subject.scenario.quarantines) {
      const everything = acknowledged === subject.scenario.steps.length;
      wrong.push(...(await quarantined(storageDir, { everything })));
    }
    if (!choice.includes(TORN_PAGE)) {
      wrong.push(...(await forgotten(subject, acknowledged, storageDir)));
    }
    wrong.push(...(await checkBackups(subject, acknowledged, storageDir)));
    if (then === 'again') wrong.push(...(await doAgain(subject, { acknowledged, choice }, place)));
    else wrong.push(...(await checkHandOver(subject, acknowledged, storageDir)));
  } catch (error) {
    wrong.push(`${(error as Error).stack}`);
  }
  return wrong;
}

/** As the command does, but without waiting a minute for other programs. */
export async function recover(
  store: EnhancedFileManager,
  options: RecoverOptions = {},
): Promise<void> {
  await store.recover({ minAgeMs: 0, ...options }).catch((error: unknown) => {
    // the crash came before there was one
    if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
  });
}

async function wrongViews(
  subject: Subject,
  acknowledged: number,
  storageDir: string,
  isAccepted: typeof isLate = () => false,
): Promise<string[]> {
  const views = await viewOf(storageDir);
  const ids = new Set([
    ...subject.expected.flatMap((one) => [...one.views.keys()]),
    ...views.keys(),
  ]);
  return [...ids].flatMap((id) => {
    const view = views.get(id);
    if (isAllowed(subject, acknowledged, id, view)) return [];
    const [before, after] = [subject.expected[0], subject.expected[acknowledged]];
    if (view && isAccepted(before?.views.get(id), after?.views.get(id), view)) return [];
    return [`${id} is ${view ? `${view.status}, ${describe(subject, id, view.content)}` : 'gone'}`];
  });
}

function describe({ expected }: Subject, id: string, content: string): string {
  const steps = expected.flatMap(({ views }, index) =>
    views.get(id)?.content === content ? [index] : [],
  );
  return steps.length > 0 ? `with the content after step ${steps}` : 'with other content';
}

async function problems(
  storageDir: string,
  accepted: ReadonlySet<string> = ACCEPTED,
): Promise<string[]> {
  const found: string[] = [];
  const store = new EnhancedFileManager({ storageDir });
  try {
    for await (const { code, path, message } of store.check()) {
      if (!accepted.has(code)) found.push(`${code} ${path}: ${message}`);
    }
  } catch (error) {
    if (!hasCode(error, 'STORE_NOT_A_STORE')) throw error;
  }
  return found;
}

async function doAgain(
  subject: Subject,
  { acknowledged, choice }: Pick<CrashState, 'acknowledged' | 'choice'>,
  place: Place,
): Promise<string[]> {
  const { scenario, expected } = subject;
  const { storageDir } = place;
  const store = place.open();
  const steps = scenario.steps.slice(acknowledged);
  for (const step of steps) await runStep(step, store, place);
  const wrong = [
    ...(await wrongViews(subject, expected.length - 1, storageDir, isLate)),
    ...(await problems(storageDir, POWER_CUT.test(choice) ? ACCEPTED_AFTER_CUT : ACCEPTED)),
    ...(scenario.keepsReplaced ? await checkReplaced(subject, place) : []),
    ...(await leftForGood(place)),
  ];
  return wrong.map((one) => `done again: ${one}`);
}

/** What is left when the next one has written and made a backup. */
async function leftForGood({ open, storageDir }: Place): Promise<string[]> {
  if ((await leftOvers(storageDir, { everywhere: true })).length === 0) return [];
  await recover(open());
  await open().createManualBackup();
  return await leftOvers(storageDir, { everywhere: true });
}

/** A change that left a processed conversation processed lost its name on the way, and has it again when it is processed. */
function isLate(before: View | undefined, expected: View | undefined, found: View): boolean {
  const wasKept = before?.status === 'processed' && expected?.status === 'processed';
  return wasKept && found.status === 'unprocessed' && found.content === expected.content;
}

/** What an edit or a deletion has taken away, and the change log does not have. */
async function forgotten(
  { expected }: Subject,
  acknowledged: number,
  storageDir: string,
): Promise<string[]> {
  const views = await viewOf(storageDir);
  const found = await historyOf(storageDir, views.keys());
  const wrong: string[] = [];
  for (const [id, { content, messages }] of views) {
    // to delete a conversation begins with what is known of it
    if (expected[acknowledged + 1]?.views.has(id) === false) continue;
    const step = expected
      .slice(acknowledged, acknowledged + 2)
      .find((one) => one.views.get(id)?.content === content);
    for (const before of step?.history.get(id) ?? []) {
      if (found.get(id)?.has(before) || isSaid(messages, before)) continue;
      wrong.push(`the history of ${id} lacks ${before.slice(0, 20)}`);
    }
  }
  return wrong;
}

/** Whether it is what a message says now: a restore brings back what was. */
function isSaid(messages: View['messages'], before: string): boolean {
  const [, id = '', text] = /^(.*?): (.*)$/s.exec(before) ?? [];
  return messages.get(id)?.startsWith(`[${JSON.stringify(text)},`) ?? false;
}

/** In the choice of a state: what stood in a page before, and was durable, may be gone too, and no log promises that. */
const TORN_PAGE = '3';

/** They harm nobody, and only `migrate` has something to do about them. */
const ACCEPTED = new Set(['CHECK_FOREIGN_LAYOUT', 'CHECK_RAW_NAME']);

/** What was only added is logged without a sync: the next entry can stand behind what a power cut left of it. Then all counts as changed. */
const ACCEPTED_AFTER_CUT = new Set([...ACCEPTED, 'CHECK_CHANGES_DAMAGED']);

/** In a choice; a process that was only killed leaves everything. */
const POWER_CUT = /\d/;
