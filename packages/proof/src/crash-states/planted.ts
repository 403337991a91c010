// Planted bugs: what was recorded, as code would do it that has steps in another order or under another name.

import type { NameOperation, Operation, Recording } from './disk.ts';

/** Files get their names before they are synced. */
export function renamedBeforeSync(recording: Recording): Recording {
  const operations: Operation[] = [...recording.operations];
  for (const [index, operation] of operations.entries()) {
    if (operation.kind !== 'name' || operation.call !== 'rename' || !operation.put) continue;
    const { inode } = operation.put;
    const sync = operations.findIndex((one) => one.kind === 'sync' && one.inode === inode);
    if (sync < 0 || sync > index) continue;
    operations.splice(sync, 1);
    operations.splice(index, 0, { kind: 'sync', inode, begun: index });
  }
  return { ...recording, operations };
}

/** The content of a processed conversation changes under its processed name. */
export function changedUnderProcessedName(recording: Recording): Recording {
  const isProcessed = (name: string | undefined): boolean =>
    name?.endsWith('_processed.json') ?? false;
  const operations = recording.operations.map((operation): Operation => {
    if (operation.kind !== 'name' || operation.call !== 'rename') return operation;
    if (isProcessed(operation.removed?.name)) return { kind: 'sync', inode: -1, begun: 0 };
    return underProcessedName(operation);
  });
  return { ...recording, operations };
}

function underProcessedName(operation: NameOperation): NameOperation {
  const { put } = operation;
  if (!put) return operation;
  const name = put.name.replace('_unprocessed.json', '_processed.json');
  return { ...operation, put: { ...put, name } };
}
