import { constants } from 'node:fs';
import { type FileSystem, nodeFileSystem } from '@tgstore/fs';
import { type Replacement, watchCalls } from '@tgstore/testkit';

const { O_CREAT, O_RDWR } = constants;

/** Bugs that can be put into a workload: which syncs it leaves out, while it says that all is durable. */
export const PLANTED = {
  'no sync at all': () => true,
  'no sync of directories': ({ flags }) => flags === 'r',
  'no sync of an appended end': ({ flags }) =>
    typeof flags === 'number' && (flags & (O_RDWR | O_CREAT)) === O_RDWR,
  'no sync of a file before its rename': ({ path, flags }) =>
    flags === 'wx' && path.endsWith('.tmp'),
} as const satisfies Record<string, (opened: Opened) => boolean>;

export type Planted = keyof typeof PLANTED;

interface Opened {
  readonly path: string;
  readonly flags: unknown;
}

/** The disk of this machine, whose syncs do nothing where the bug is. */
export function plant(bug: Planted | undefined): FileSystem {
  if (bug === undefined) return nodeFileSystem;
  const isLeftOut: (opened: Opened) => boolean = PLANTED[bug];
  return watchCalls(nodeFileSystem, ({ name, args }): Replacement | undefined => {
    if (name !== 'open') return undefined;
    const [path, flags] = args;
    if (!isLeftOut({ path: String(path), flags })) return undefined;
    return async (open) =>
      watchCalls(await open(...args), (call) =>
        call.name === 'sync' || call.name === 'datasync' ? { result: undefined } : undefined,
      );
  });
}
