// Recovery mends each problem that `check` finds, as far as that takes no decision of a person.
// 1. Nothing is lost: what is moved away, and what can't be kept whole, is in quarantine as it was.
// 2. What changed within the last minute is left alone: another program may be writing it.

import { findNames, uniteNames, writeAnew } from './change-conversation.ts';
import { type CheckCode, type CheckProblem, checkStore } from './check.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { hasCode, StoreError } from './errors.ts';
import { quarantine } from './quarantine.ts';
import { saveWhatIsWhole } from './save-what-is-whole.ts';
import type { StoreDirectory } from './store-directory.ts';
import { takeBackAppend } from './take-back-append.ts';

/** Options of {@link EnhancedFileManager.recover}. */
export interface RecoverOptions {
  /** Says what would be done, and does nothing. @default false */
  readonly dryRun?: boolean | undefined;
  /** How long a file must have been left in peace, in milliseconds. @default 60_000 */
  readonly minAgeMs?: number | undefined;
  /** Stops between two problems; rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each. */
  readonly onAction?: ((action: RecoveryAction) => void) | undefined;
}

/** One problem, and what was done about it. */
export interface RecoveryAction {
  /** What was wrong. */
  readonly problem: CheckProblem;
  /** Whether it was mended, in a dry run would be, or was left. */
  readonly status: 'mended' | 'would-mend' | 'left';
  /** What was, or would be, done; or why it was left. */
  readonly message: string;
  /** Where the file, as it was, can be found now. */
  readonly quarantined?: string | undefined;
}

/** What a recovery did. */
export interface Recovery {
  /** Each problem, in the order in which they were found. */
  readonly actions: readonly RecoveryAction[];
  /** How many problems were mended, or in a dry run would be. */
  readonly mended: number;
  /** How many errors, notices not counted, are left. */
  readonly left: number;
}

type Mended = Pick<RecoveryAction, 'message' | 'quarantined'>;
type Mend = (store: StoreDirectory, problem: CheckProblem & { id: string }) => Promise<Mended>;

/** Checks the whole store and mends what it can. */
export async function recoverStore(
  store: StoreDirectory,
  { dryRun = false, minAgeMs = 60_000, signal, onAction }: RecoverOptions,
): Promise<Recovery> {
  // no store is made where there is none
  await store.list();
  if (!dryRun) {
    await store.prepareToWrite();
    await store.sweepWorkDirectories();
  }
  const actions: RecoveryAction[] = [];
  for await (const problem of checkStore(store, { signal })) {
    const action =
      alsoMended(actions, problem) ?? (await attempt(store, problem, { dryRun, minAgeMs }));
    if (!action) continue;
    actions.push(action);
    onAction?.(action);
  }
  const left = actions.filter(
    ({ status, problem }) => status === 'left' && problem.severity === 'error',
  ).length;
  return { actions, mended: actions.filter(({ status }) => status !== 'left').length, left };
}

/** What was done for another problem of the same conversation, and mended this one too. */
function alsoMended(
  actions: readonly RecoveryAction[],
  problem: CheckProblem,
): RecoveryAction | undefined {
  if (problem.id === undefined || !PLANS[problem.code]) return undefined;
  const rewrite = actions.find(
    ({ status, problem: { code, id } }) =>
      status === 'mended' &&
      id === problem.id &&
      (code === 'CHECK_WRONG_METADATA' || (code === 'CHECK_BOTH_NAMES' && code === problem.code)),
  );
  return rewrite && { problem, status: 'mended', message: rewrite.message };
}

async function attempt(
  store: StoreDirectory,
  problem: CheckProblem,
  { dryRun, minAgeMs }: { readonly dryRun: boolean; readonly minAgeMs: number },
): Promise<RecoveryAction | undefined> {
  const plan = PLANS[problem.code];
  if (!plan) {
    return problem.severity === 'error'
      ? { problem, status: 'left', message: problem.remedy }
      : undefined;
  }
  if (plan.waits && (await isRecent(store, problem, minAgeMs))) {
    const message = 'changed within the last minute: another program may be writing it; try again';
    return { problem, status: 'left', message };
  }
  if (dryRun) return { problem, status: 'would-mend', message: plan.what };
  try {
    const mended = await plan.mend(store, { ...problem, id: problem.id ?? '' });
    return { problem, status: 'mended', ...mended };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { problem, status: 'left', message: error.message };
  }
}

const moveAway: Mend = async (store, { id, path }) => {
  const move = async (): Promise<Mended> => ({
    message: 'moved away',
    quarantined: await quarantine(store, path),
  });
  // what is of no conversation has no lock
  return id === '' ? await move() : await store.change(id, 'recover', move);
};

interface Plan {
  /** What is done, for a dry run. */
  readonly what: string;
  /** Whether another program may be writing the file. @default false */
  readonly waits?: boolean;
  readonly mend: Mend;
}

const PLANS: Partial<Record<CheckCode, Plan>> = {
  CHECK_BOTH_NAMES: {
    waits: true,
    what: 'merge it into the conversation, and move it to quarantine',
    mend: async (store, { id }) =>
      await store.change(id, 'recover', (held) => unite(store, id, held)),
  },
  CHECK_INTERRUPTED_APPEND: {
    what: 'take it back',
    mend: async (store, { id }) =>
      await store.change(id, 'recover', async () => ({
        message: TAKEN_BACK[await takeBackAppend(store, id)],
      })),
  },
  CHECK_UNREADABLE: {
    waits: true,
    what: 'save the messages that are whole, and move the file to quarantine',
    mend: async (store, { id, path }) =>
      await store.change(id, 'recover', (held) => saveWhatIsWhole(store, { id, path }, held)),
  },
  CHECK_WRONG_METADATA: {
    waits: true,
    what: 'count anew',
    mend: async (store, { id }) => {
      await writeAnew(store, id, 'recover');
      return { message: 'counted anew' };
    },
  },
  CHECK_STATE_DAMAGED: { waits: true, what: 'move it to quarantine', mend: moveAway },
  CHECK_CHANGES_DAMAGED: { waits: true, what: 'move it to quarantine', mend: moveAway },
  CHECK_ORPHAN: { waits: true, what: 'move it to quarantine', mend: moveAway },
  CHECK_PERMISSIONS: {
    waits: true,
    what: 'let nobody else read it',
    mend: async (store, { path }) => {
      await store.fileSystem.chmod(path, 0o600);
      return { message: 'nobody else can read it now' };
    },
  },
};

const TAKEN_BACK = {
  none: 'it was finished meanwhile',
  'taken-back': 'took it back',
  'never-began': 'it had not begun',
  quarantined: 'its undo record does not fit the file, and was moved to quarantine',
} as const;

async function unite(store: StoreDirectory, id: string, held: HeldGuard): Promise<Mended> {
  const saved: Mended[] = [];
  for (;;) {
    try {
      await takeBackAppend(store, id);
      const { moved } = await uniteNames(store, id, held);
      const places = [...saved.map(({ quarantined }) => quarantined), ...moved];
      return {
        message: saved.map(({ message }) => message).join('; ') || 'merged',
        quarantined: places.filter(Boolean).join(', ') || undefined,
      };
    } catch (error) {
      const isUnreadable = error instanceof StoreError && error.code === 'STORE_INVALID_FILE';
      // it has four names at most
      if (!isUnreadable || error.path === undefined || saved.length === 4) throw error;
      saved.push(await saveWhatIsWhole(store, { id, path: error.path }, held));
    }
  }
}

async function isRecent(
  store: StoreDirectory,
  { code, id, path }: CheckProblem,
  minAgeMs: number,
): Promise<boolean> {
  if (minAgeMs <= 0) return false;
  const isBoth = code === 'CHECK_BOTH_NAMES' && id !== undefined;
  const paths = isBoth ? (await findNames(store, id)).map((file) => file.path) : [path];
  for (const each of paths) {
    try {
      const { mtimeMs } = await store.fileSystem.lstat(each);
      if (Date.now() - mtimeMs < minAgeMs) return true;
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  return false;
}
