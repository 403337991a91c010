// Planted bugs: a recording as it would be, had the code left out one of its syncs.

import { isTemporaryName } from '@tgstore/fs';
import type { Inode, Operation, Recording } from './disk.ts';
import { applyName } from './recorder.ts';

export interface LeftOut {
  /** Of what it is, and after which change: `chats after rename .tgstore-tmp to 1_unprocessed.json`. */
  readonly what: string;
  readonly recording: Recording;
}

/** The recording without each of its syncs in turn. */
export function withoutEachSync(recording: Recording): LeftOut[] {
  return recording.operations.flatMap((operation, index) => {
    if (operation.kind !== 'sync') return [];
    const operations: Operation[] = [...recording.operations];
    // one that began before all others covers nothing
    operations[index] = { ...operation, begun: 0 };
    const what = `${nameOf(recording, index, operation.inode)} after ${lastChange(recording, index)}`;
    return [{ what, recording: { ...recording, operations } }];
  });
}

function lastChange({ operations }: Recording, before: number): string {
  const last = operations
    .slice(0, before)
    .findLast(({ kind }) => kind !== 'sync' && kind !== 'promise');
  if (last?.kind !== 'name') return last?.kind ?? 'nothing';
  const names = [last.removed?.name, last.put?.name].flatMap((name) => (name ? [plain(name)] : []));
  return `${last.call} ${names.join(' to ')}`;
}

function nameOf(recording: Recording, cut: number, inode: Inode): string {
  const { start, operations } = recording;
  const directories = new Map(
    [...start.directories].map(([directory, names]) => [directory, new Map(names)]),
  );
  for (const operation of operations.slice(0, cut)) {
    if (operation.kind === 'name') applyName(directories, operation);
  }
  for (const names of directories.values()) {
    for (const [name, one] of names) if (one === inode) return plain(name);
  }
  return '.';
}

function plain(name: string): string {
  return isTemporaryName(name) ? '<temporary>' : name.replace(/[0-9a-f]{8,}|\d{8}T\d+Z?/g, '#');
}
