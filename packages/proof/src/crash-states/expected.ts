import { EnhancedFileManager } from '@tgstore/core';
import type { Recording } from './disk.ts';
import { materialize, quickDirectory } from './materialize.ts';
import { placeAt, type Scenario } from './scenario.ts';
import { diskAfter } from './states.ts';
import { contentOf, type View, viewOf } from './view.ts';

/** What a store is after so many steps. */
export interface Expected {
  readonly views: ReadonlyMap<string, View>;
  /** Ids of the backups. */
  readonly backups: readonly string[];
  /** What the change logs have of messages that were edited or deleted. */
  readonly history: ReadonlyMap<string, ReadonlySet<string>>;
}

/** A scenario that was recorded, and what it was to be after each step, the beginning first. */
export interface Subject {
  readonly scenario: Scenario;
  readonly recording: Recording;
  readonly expected: readonly Expected[];
}

export async function subjectOf(scenario: Scenario, recording: Recording): Promise<Subject> {
  const marks = recording.operations.flatMap(({ kind }, index) =>
    kind === 'promise' ? [index] : [],
  );
  const expected: Expected[] = [];
  for (const cut of [0, ...marks]) {
    await using dir = await quickDirectory();
    materialize(diskAfter(recording, cut), dir.path);
    const { storageDir } = placeAt(dir.path);
    const views = await viewOf(storageDir);
    const history = await historyOf(storageDir, views.keys());
    expected.push({ views, backups: await backupsOf(storageDir), history });
  }
  return { scenario, recording, expected };
}

/** What is known of the messages that conversations had before: id and text. */
export async function historyOf(
  storageDir: string,
  ids: Iterable<string>,
): Promise<Map<string, Set<string>>> {
  const store = new EnhancedFileManager({ storageDir });
  const all = new Map<string, Set<string>>();
  for (const id of ids) {
    const known = new Set<string>();
    for await (const { messageId, before } of store.history(id)) {
      if (before) known.add(`${messageId}: ${before.text}`);
    }
    all.set(id, known);
  }
  return all;
}

/** Ids of the backups of a store. */
export async function backupsOf(storageDir: string): Promise<string[]> {
  const { backups } = await new EnhancedFileManager({ storageDir }).listBackups();
  return backups.map(({ id }) => id);
}

/** What may be there of a conversation when the crash came after so many steps: the old or the new, whole. */
export function isAllowed(
  { expected }: Subject,
  acknowledged: number,
  id: string,
  found: View | undefined,
): boolean {
  const may = expected.slice(acknowledged, acknowledged + 2).map(({ views }) => views.get(id));
  if (!found) return may.some((view) => view === undefined);
  const same = may.filter((view) => view?.content === found.content);
  if (same.some((view) => view?.status === found.status)) return true;
  // on its way: content changes, and marks come and go, only under the unprocessed name
  return same.length > 0 && may.length > 1 && found.status === 'unprocessed' && isChanged(may);
}

function isChanged([one, other]: readonly (View | undefined)[]): boolean {
  return one?.content !== other?.content || one?.status !== other?.status;
}

/** What processors had been given of a conversation, or were being given, when the crash came, and need not be given again. */
export function givenBefore(
  { scenario: { given = [] }, expected }: Subject,
  acknowledged: number,
  id: string,
): Omit<View, 'status'>[] {
  const earlier = given.filter(({ metadata }) => metadata.conversation_id === id).map(contentOf);
  let known: Omit<View, 'status'>[] = earlier;
  let before: View | undefined;
  for (const [step, { views }] of expected.slice(0, acknowledged + 2).entries()) {
    const view = views.get(id);
    const isMarked = before?.status === 'processed' && view?.content === before.content;
    const isForgotten = !view || (isMarked && view.status === 'unprocessed');
    if (isForgotten && step <= acknowledged) known = [];
    if (view?.status === 'processed') known = [...known, view];
    before = view;
  }
  return known;
}
