// A recording is made by a process that lives, on a machine that goes on running. Who comes after a crash finds the traces of a
// dead one; who comes after a power cut those of another boot.

import type { Disk, Inode, Operation, Recording } from './disk.ts';

/** The recording, as if it had been made by a process that is dead now; after a power cut, in another boot. */
export function asMadeBefore(recording: Recording, powerCut: boolean): Recording {
  const rename = (name: string): string => {
    const dead = name.replace(TEMPORARY, (_, domain: string, random: string) =>
      ['.tgstore', powerCut ? 'f'.repeat(8) : domain, DEAD_PID, `${random}.tmp`].join('-'),
    );
    return powerCut ? dead.replace(BOOT_TAG, `$1${OTHER_BOOT}-`) : dead;
  };
  const rewrite = (bytes: Uint8Array): Uint8Array => {
    if (!powerCut) return bytes;
    const text = Buffer.from(bytes).toString('latin1');
    return TICKET.test(text) ? Buffer.from(text.replace(TAGGED_ID, OTHER_TAG), 'latin1') : bytes;
  };
  return {
    ...recording,
    start: changedDisk(recording.start, rename, rewrite),
    operations: recording.operations.map((one) => changedOperation(one, rename, rewrite)),
  };
}

type Rename = (name: string) => string;
type Rewrite = (bytes: Uint8Array) => Uint8Array;

function changedDisk(disk: Disk, rename: Rename, rewrite: Rewrite): Disk {
  const files = [...disk.files].map(([inode, bytes]) => [inode, rewrite(bytes)] as const);
  const directories = [...disk.directories].map(([inode, names]) => {
    const renamed = [...names].map(([name, entry]): [string, Inode] => [rename(name), entry]);
    return [inode, new Map(renamed)] as const;
  });
  return { files: new Map(files), directories: new Map(directories) };
}

function changedOperation(operation: Operation, rename: Rename, rewrite: Rewrite): Operation {
  if (operation.kind === 'write') return { ...operation, bytes: rewrite(operation.bytes) };
  if (operation.kind !== 'name') return operation;
  const { put, removed } = operation;
  return {
    ...operation,
    ...(put && { put: { ...put, name: rename(put.name) } }),
    ...(removed && { removed: { ...removed, name: rename(removed.name) } }),
  };
}

const TEMPORARY = /^\.tgstore-([0-9a-f]{8})-[0-9a-z]{7}-([0-9a-f]{10})\.tmp$/;
/** More than any system gives: no process has it. */
const DEAD_PID = (2 ** 22 + 1).toString(36).padStart(7, '0');
const OTHER_BOOT = '0'.repeat(8);
/** Of the names in the directory of the locks: `ticket.<boot>-<random>`, `tail.<number>.<boot>-<random>`. */
const BOOT_TAG = /^((?:tail\.\d+|ticket|spent|process)\.)[0-9a-f]{8}-/;
const TICKET = /^\{"id":"[0-9a-f]{8}-[0-9a-f]{16}"/;
const TAGGED_ID = /"[0-9a-f]{8}-([0-9a-f]{16})"/g;
const OTHER_TAG = `"${OTHER_BOOT}-$1"`;
