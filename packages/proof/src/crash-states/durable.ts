import { effectsOf } from './contents.ts';
import type { DataOperation, Inode, NameOperation, Operation } from './disk.ts';
import type { CrashModel } from './states.ts';

/** An operation that a crash may undo, and all that can become of it. */
export interface Pending {
  readonly index: number;
  readonly operation: NameOperation | DataOperation;
  /** The first one is the least of it, the second one is all. */
  readonly options: readonly number[];
}

/** Which operations a crash after any of them may still undo. */
export function durableFrom(
  operations: readonly Operation[],
  model: CrashModel,
): {
  readonly optionsAt: (operation: Operation, index: number, cut: number) => readonly Pending[];
} {
  const syncs = operations.flatMap((operation, at) =>
    operation.kind === 'sync' ? [{ ...operation, at }] : [],
  );
  /** Whether a sync that had ended by `cut` covers an operation on this inode. */
  const isSynced = (index: number, cut: number, inode?: Inode): boolean =>
    syncs.some(
      (sync) =>
        sync.at < cut && sync.begun > index && (inode === undefined || sync.inode === inode),
    );

  const optionsOfName = ({ put, removed }: NameOperation, index: number, cut: number): number[] => {
    if (model === 'ordered') return isSynced(index, cut) ? [] : [0, 1];
    const isPut = put !== undefined && isSynced(index, cut, put.directory);
    const isRemoved = removed !== undefined && isSynced(index, cut, removed.directory);
    if ((isPut || !put) && (isRemoved || !removed)) return [];
    // a rename comes as a whole, but for what a sync of only one of two directories has made durable
    if (isPut) return [2, 1];
    if (isRemoved) return [3, 1];
    return [0, 1];
  };

  return {
    optionsAt: (operation, index, cut) => {
      if (operation.kind === 'name') {
        const options = optionsOfName(operation, index, cut);
        return options.length > 0 ? [{ index, operation, options }] : [];
      }
      if (operation.kind !== 'write' && operation.kind !== 'truncate') return [];
      if (isSynced(index, cut, operation.inode)) return [];
      const options = Array.from({ length: effectsOf(operation) }, (_, option) => option);
      return [{ index, operation, options }];
    },
  };
}
