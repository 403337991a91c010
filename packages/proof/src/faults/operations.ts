import { join } from 'node:path';
import { changing } from './operations/changing.ts';
import { files } from './operations/files.ts';
import type { Operation } from './operations/operation.ts';
import { processing } from './operations/processing.ts';
import { reading } from './operations/reading.ts';

/** All that is done to a store while something fails. */
export const operations: readonly Operation[] = [...changing, ...processing, ...files, ...reading];

export function operationOf(name: string): Operation {
  const found = operations.find((operation) => operation.name === name);
  if (!found) throw new TypeError(`no operation ${name}`);
  return found;
}

/** Where everything of one case is, in a directory of its own. */
export function placeIn(root: string): { root: string; store: string; outside: string } {
  return { root, store: join(root, 'chats'), outside: join(root, 'outside') };
}
