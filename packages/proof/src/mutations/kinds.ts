import type { Kind } from './kind.ts';
import { archives } from './kinds/archives.ts';
import { configs } from './kinds/configs.ts';
import { conversations } from './kinds/conversations.ts';
import { exportFiles } from './kinds/exports.ts';
import { lockFiles } from './kinds/locks.ts';
import { changeLogs, states, storeFiles } from './kinds/records.ts';
import { undoRecords } from './kinds/undo-records.ts';

/** Every kind of file that tgstore reads. */
export const kinds: readonly Kind[] = [
  conversations,
  undoRecords,
  changeLogs,
  states,
  storeFiles,
  lockFiles,
  archives,
  configs,
  exportFiles,
];
