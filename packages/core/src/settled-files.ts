// Files of a directory that others write, each once it has come to rest.
// 1. What counts is what a look at the file shows; events only say where to look first. So what they miss is found at
//    the next rescan.
// 2. Each state of a file is given at most once, and the last one is never left out; that there is no file any more is a state
//    for those who ask for it.

import { DirectoryEvents, type WatchDirectory } from './directory-events.ts';
import type { FileState } from './look-at-file.ts';
import { mapInOrder } from './map-in-order.ts';

/** Where the files are; each is told from the others by a key. */
export interface FileSource {
  readonly directory: string;
  /** The keys of all files that are there, in order; `undefined` while there is no directory. */
  list(): Promise<string[] | undefined>;
  /** The file that an event of this name in the directory is about. */
  keyOf(name: string): string | undefined;
  /** `undefined` where there is no such file. */
  look(key: string): Promise<FileState | undefined>;
}

export interface SettledFilesOptions {
  readonly signal: AbortSignal | undefined;
  /** How long a file stays as it is before it is given. */
  readonly quietMs: number;
  /** A file that never comes to rest is given after this time nevertheless. @default Infinity */
  readonly patienceMs?: number | undefined;
  readonly rescanMs: number;
  readonly watch: WatchDirectory;
  /** Takes what is there at the beginning as known, and gives files that went too. @default false */
  readonly onlyChanges?: boolean | undefined;
  /** Called once all files were looked at, and whatever comes from now on is given. */
  readonly onReady?: (() => void) | undefined;
}

export interface SettledKey {
  readonly key: string;
  /** `undefined` for a file that went. */
  readonly state: FileState | undefined;
  /** Looks at the file again at the next rescan, even if it does not change. */
  forget(): void;
}

/** A file that is given when it still looks the same at the time `dueAt`. */
interface Unsettled {
  readonly state: FileState | undefined;
  readonly since: number;
  readonly dueAt: number;
}

/** Gives each file that is there, then each that comes or changes, until `signal` is aborted. */
export async function* settledFiles(
  source: FileSource,
  options: SettledFilesOptions,
): AsyncGenerator<SettledKey> {
  const { signal, quietMs, patienceMs = Infinity, rescanMs, watch } = options;
  const { onlyChanges = false, onReady } = options;
  const events = new DirectoryEvents(source.directory, watch, (name) => source.keyOf(name));
  /** The states that were given. */
  const known = new Map<string, FileState>();
  /** In the order in which they are due. */
  const unsettled = new Map<string, Unsettled>();
  let rescanAt = 0;
  let hintedRescanAt = 0;
  let isFirstLook = true;

  const consider = (key: string, state: FileState | undefined, moved: boolean): void => {
    const last = known.get(key);
    if (isFirstLook && onlyChanges) {
      if (state) known.set(key, state);
      return;
    }
    if (!state && !onlyChanges) {
      known.delete(key);
      return;
    }
    // it went and came back between two looks
    const returned = moved && state?.changedNs !== last?.changedNs;
    if (isSame(state, last) && !returned) return;
    const now = performance.now();
    unsettled.set(key, { state, since: now, dueAt: now + quietMs });
  };

  const lookAtAll = async (): Promise<void> => {
    events.forgetMissed();
    const listed = await source.list();
    // one scan of a directory can miss names: those that are known are gone only when a look says so
    const keys = listed || onlyChanges ? [...new Set([...(listed ?? []), ...known.keys()])] : [];
    const looked = keys.filter((key) => !unsettled.has(key));
    const look = async (key: string) => ({ key, state: await source.look(key) });
    for await (const { key, state } of mapInOrder(looked, look)) {
      if (signal?.aborted) return;
      consider(key, state, false);
    }
    hintedRescanAt = performance.now() + quietMs;
  };

  const settle = async (
    key: string,
    { state, since }: Unsettled,
  ): Promise<SettledKey | undefined> => {
    unsettled.delete(key);
    const now = performance.now();
    const latest = await source.look(key);
    const last = known.get(key);
    const isWaitedFor = latest !== undefined || onlyChanges;
    if (isWaitedFor && !isSame(latest, state) && now + quietMs < since + patienceMs) {
      unsettled.set(key, { state: latest, since, dueAt: now + quietMs });
      return undefined;
    }
    if (latest) known.set(key, latest);
    else known.delete(key);
    // what came back as it was, or came and went, is no change
    const isChange = !isSame(latest, last) || latest?.changedNs !== last?.changedNs;
    const isGiven = onlyChanges ? isChange : latest !== undefined;
    return isGiven ? { key, state: latest, forget: () => known.delete(key) } : undefined;
  };

  try {
    while (!signal?.aborted) {
      const now = performance.now();
      if (now >= rescanAt) {
        events.renew();
        await lookAtAll();
        if (isFirstLook) onReady?.();
        isFirstLook = false;
        rescanAt = performance.now() + rescanMs;
      } else if (events.missedSome && now >= hintedRescanAt) {
        await lookAtAll();
      }
      for (const [key, { moved }] of events.take()) {
        if (!signal?.aborted && !unsettled.has(key)) consider(key, await source.look(key), moved);
      }
      const [first] = unsettled;
      if (first && first[1].dueAt <= performance.now()) {
        const [key, entry] = first;
        const settled = await settle(key, entry);
        if (settled && !signal?.aborted) yield settled;
        continue;
      }
      const until = Math.min(
        rescanAt,
        first?.[1].dueAt ?? Infinity,
        events.missedSome ? hintedRescanAt : Infinity,
      );
      await events.wait(until - performance.now(), signal);
    }
  } finally {
    events.close();
  }
}

function isSame(a: FileState | undefined, b: FileState | undefined): boolean {
  if (!a || !b) return a === b;
  const isSameFile = a.inode === b.inode && a.size === b.size && a.modifiedNs === b.modifiedNs;
  return isSameFile && a.path === b.path;
}
