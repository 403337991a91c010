import { statfs } from 'node:fs/promises';
import type { BackupManager } from '@tgstore/backup';
import { isTemporaryName } from '@tgstore/fs';
import { isVoid } from './claims.ts';
import { isInterrupted } from './interrupted-append.ts';
import { type ConversationLock, listConversationLocks } from './lock-conversations.ts';
import { type Claim, idsWithState, readState } from './state-file.ts';
import type { StoreDirectory } from './store-directory.ts';
import { readStoreFile } from './store-file.ts';

/** A claim, and whether who has it lives. */
export interface HeldClaim extends Claim {
  /** Which conversation it is of. */
  readonly conversationId: string;
  /** Whether all its holders are proved dead, so that the next may take it. */
  readonly isVoid: boolean;
}

/** A store from outside. */
export interface StoreReport {
  /** Absolute path. */
  readonly path: string;
  /** `undefined` where the store was never written to by this tool. */
  readonly formatVersion: number | undefined;
  /** ISO 8601, UTC. */
  readonly createdAt: string | undefined;
  /** The disk that it is on. */
  readonly disk: {
    /** `ext4`, `xfs`, …; a number in hex where the name is not known. */
    readonly fileSystem: string;
    /** What may still be written, in bytes. */
    readonly freeBytes: number;
    /** Size of the disk, in bytes. */
    readonly totalBytes: number;
  };
  /** Counts of what stands in the directory, by name. */
  readonly names: {
    /** Conversations under the processed name. */
    readonly processed: number;
    /** Conversations under the unprocessed name. */
    readonly unprocessed: number;
    /** Conversations that stand under several names. */
    readonly several: number;
    /** Names that the original module gave. */
    readonly raw: number;
    /** Appends that wait to be taken back. */
    readonly interruptedAppends: number;
    /** Temporary files of writers, living or dead. */
    readonly temporaryFiles: number;
  };
  /** Files that recovery has moved away. */
  readonly quarantined: number;
  /** Who holds and who waits for the lock of a conversation. */
  readonly locks: readonly ConversationLock[];
  /** Who has conversations in hand. */
  readonly claims: readonly HeldClaim[];
  /** The backups in its backup directory. */
  readonly backups: {
    /** How many. */
    readonly count: number;
    /** When the last one was made; ISO 8601, UTC. */
    readonly lastAt: string | undefined;
  };
}

/** Looks at a store without reading a conversation. */
export async function inspectStore(
  store: StoreDirectory,
  backups: BackupManager,
): Promise<StoreReport> {
  const files = await store.list({ settled: true });
  const entries = await store.fileSystem.readdir(store.path);
  const named = entries.flatMap((name) => store.layout.parse(name) ?? []);
  const unprocessed = files.filter(({ status }) => status === 'unprocessed');
  const storeFile = await readStoreFile(store.layout.storeFile, store);
  const { backups: made } = await backups.listBackups();
  return {
    path: store.path,
    formatVersion: storeFile?.format_version,
    createdAt: storeFile?.created_at,
    disk: await describeDisk(store.path),
    names: {
      processed: files.length - unprocessed.length,
      unprocessed: unprocessed.length,
      several: countSeveral(named),
      raw: named.filter(({ canonical }) => !canonical).length,
      interruptedAppends: await countInterrupted(store, entries),
      temporaryFiles: entries.filter(isTemporaryName).length,
    },
    quarantined: (await store.namesIn(store.layout.quarantineDirectory)).length,
    locks: await listConversationLocks(store.path),
    claims: await readClaims(
      store,
      unprocessed.map(({ id }) => id),
    ),
    backups: { count: made.length, lastAt: made[0]?.createdAt },
  };
}

function countSeveral(named: readonly { readonly id: string }[]): number {
  const counts = new Map<string, number>();
  for (const { id } of named) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1).length;
}

async function countInterrupted(store: StoreDirectory, names: readonly string[]): Promise<number> {
  let count = 0;
  for (const id of names.flatMap((name) => store.layout.idOfUndoRecord(name) ?? [])) {
    if (await isInterrupted(store, id)) count += 1;
  }
  return count;
}

async function describeDisk(path: string): Promise<StoreReport['disk']> {
  const { type, bavail, blocks, bsize } = await statfs(path);
  return {
    fileSystem: FILE_SYSTEMS.get(type) ?? `0x${type.toString(16)}`,
    freeBytes: bavail * bsize,
    totalBytes: blocks * bsize,
  };
}

async function readClaims(store: StoreDirectory, ids: readonly string[]): Promise<HeldClaim[]> {
  const claims: HeldClaim[] = [];
  const known = await idsWithState(store);
  for (const id of ids.filter((one) => known.has(one))) {
    const { claim } = await readState(store, id);
    if (claim) claims.push({ ...claim, conversationId: id, isVoid: await isVoid(store, claim) });
  }
  return claims;
}

/** Magic numbers, see statfs(2). */
const FILE_SYSTEMS = new Map([
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
  [0xf2f52010, 'f2fs'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
]);
