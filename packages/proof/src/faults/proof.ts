import type { Proof } from '../proof.ts';
import { lackOf, lackOfRoot } from '../tools.ts';
import { disturb, type Sweep } from './disturb.ts';
import { failSystemCalls } from './system-calls.ts';

/** Reads and writes that do less than they are asked for. */
export const SHORT: Sweep = {
  kind: 'short',
  ways: ['parts', 'bytes'],
  from: 1,
  most: 20,
  isLast: () => false,
};

/** No space for another page of 4 KiB. */
export const FULL: Sweep = {
  kind: 'full',
  ways: ['space'],
  disk: 'size=16m',
  from: 0,
  most: 400,
  isLast: ({ met }) => !met,
};

/** No inode for another file. */
export const NO_INODES: Sweep = {
  kind: 'full',
  ways: ['inodes'],
  disk: 'size=16m,nr_inodes=200',
  from: 0,
  most: 60,
  isLast: ({ met }) => !met,
};

/** A disk that turns read-only at a call, and comes back. */
export const READ_ONLY: Sweep = {
  kind: 'read-only',
  ways: ['disk'],
  disk: 'size=16m',
  from: 1,
  most: 400,
  isLast: ({ met }) => !met,
};

/** A directory that is moved aside and comes back, or is gone. */
export const ASIDE: Sweep = {
  kind: 'aside',
  ways: [
    '.',
    '.tgstore',
    '.tgstore/locks',
    'backups',
    '.!',
    '.tgstore!',
    '.tgstore/locks!',
    'backups!',
  ],
  from: 1,
  most: 400,
  isLast: ({ met }) => !met,
};

const needsMount = async (): Promise<string | undefined> =>
  process.platform === 'linux' ? lackOfRoot() : 'needs Linux';

export const faults: Proof = {
  name: 'faults',
  title: 'what the system may refuse, at every call of every operation',
  checks: [
    { what: 'system calls', unavailable: () => lackOf('strace'), run: failSystemCalls },
    { what: 'short reads and writes', run: (options) => disturb(SHORT, options) },
    { what: 'full disk', unavailable: needsMount, run: (options) => disturb(FULL, options) },
    { what: 'no inodes', unavailable: needsMount, run: (options) => disturb(NO_INODES, options) },
    {
      what: 'disk turns read-only',
      unavailable: needsMount,
      run: (options) => disturb(READ_ONLY, options),
    },
    { what: 'directory taken away', run: (options) => disturb(ASIDE, options) },
  ],
};
