import { dirname } from 'node:path';
import type { SystemCall } from './strace.ts';

/**
 * Whether a sync of the store failed and was not made again, as Node does after EINTR. What locks hold is void after a power cut; and a
 * directory of a read-only disk in which no name has changed has nothing to sync.
 */
export function isUnsynced(calls: readonly Pick<SystemCall, 'text' | 'wasMadeToFail'>[]): boolean {
  const at = calls.findIndex(({ wasMadeToFail }) => wasMadeToFail);
  const [failed, ...later] = calls.slice(Math.max(at, 0));
  const path = failed && syncedPath(failed.text);
  if (at < 0 || !path || ofLocks(path)) return false;
  if (later.some(({ text }) => syncedPath(text) === path)) return false;
  return !failed.text.includes('EROFS') || isChangedIn(path, calls.slice(0, at));
}

/** Whether names in a directory, but for that of the locks, or the bytes of a file changed since they were synced last. */
function isChangedIn(path: string, calls: readonly Pick<SystemCall, 'text'>[]): boolean {
  const last = calls.findLastIndex(({ text }) => syncedPath(text) === path);
  return calls.slice(last + 1).some(({ text }) => {
    if (WRITES.test(text)) return text.includes(`<${path}>`);
    return (
      NAMES.test(text) && namedIn(text).some((name) => dirname(name) === path && !ofLocks(name))
    );
  });
}

function ofLocks(path: string): boolean {
  return path.includes('/locks');
}

function syncedPath(text: string): string | undefined {
  return /^f(?:data)?sync\(\d+<(.*?)>\)/.exec(text)?.[1];
}

function namedIn(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"/g)].map(([, name]) => name ?? '');
}

const WRITES = /^(?:p?writev?(?:64)?|pwritev2?|ftruncate|copy_file_range)\(/;
const NAMES =
  /^(?:(?:rename|link|unlink|mkdir)(?:at2?)?|rmdir|open(?:at)?)\((?!.*O_RDONLY(?!.*O_CREAT))(?!.* = -1 )/;
