import { join } from 'node:path';
import { syncDirectory } from '@tgstore/fs';
import { sidecarName } from './archive-name.ts';
import type { Backup, BackupDirectory } from './backup-directory.ts';
import { statIfThere, unlinkIfThere } from './if-there.ts';
import { decideRetention, type RetentionDecision, type RetentionRules } from './retention.ts';

/** Options of {@link BackupManager.pruneBackups}; where no rule is given, `maxBackups` is the rule. */
export interface PruneOptions extends RetentionRules {
  /** Decides, but removes nothing. @default false */
  readonly dryRun?: boolean | undefined;
}

/** Removes what no rule keeps, oldest first; resolves to what was decided of each, newest first. */
export async function pruneBackups(
  directory: BackupDirectory,
  maxBackups: number,
  now: () => number,
  { dryRun = false, ...rules }: PruneOptions,
): Promise<RetentionDecision[]> {
  const hasRules = Object.values(rules).some((count) => count !== undefined);
  for (const [name, count] of Object.entries(rules)) {
    if (count !== undefined && !(Number.isInteger(count) && count >= 0)) {
      throw new TypeError(`${name} must be a whole number, 0 or more`);
    }
  }
  const { backups } = await directory.list();
  const decided = decideRetention(backups, hasRules ? rules : { keepLast: maxBackups }, now());
  const inUse = await directory.inUse();
  const decisions: RetentionDecision[] = [];
  for (const decision of decided.toReversed()) {
    const isUsed = !decision.keep && (await isIn(inUse, decision.backup));
    decisions.unshift(isUsed ? { ...decision, keep: true, reasons: ['in use'] } : decision);
    if (!dryRun && !decision.keep && !isUsed) await remove(directory, decision.backup);
  }
  if (!dryRun && decisions.some(({ keep }) => !keep)) await syncDirectory(directory.path);
  return decisions;
}

async function isIn(inodes: ReadonlySet<bigint>, { path }: Backup): Promise<boolean> {
  const stats = await statIfThere(path);
  return stats !== undefined && inodes.has(stats.ino);
}

/** The archive first: should we be killed in between, it would not count as verified without the other, and stay for ever. */
async function remove(directory: BackupDirectory, backup: Backup): Promise<void> {
  await unlinkIfThere(backup.path);
  await unlinkIfThere(join(directory.path, sidecarName(backup)));
}
