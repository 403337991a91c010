import type { Check, Outcome, Proof } from '../proof.ts';
import { scaled } from '../proof.ts';
import { lackOf, lackOfRoot } from '../tools.ts';
import { describeCounts } from './counts.ts';
import { cutDisk } from './cutter.ts';
import { DISKS, type DiskKind, type DiskName, LoopDisk } from './loop-disk.ts';
import { openWorkbench } from './workbench.ts';

/** What is said to be durable survives power cuts of real file systems. */
export const powerCuts: Proof = {
  name: 'power-cuts',
  title: 'a store on a real file system that loses its power while it is changed',
  checks: Object.entries(DISKS).map(([what, kind]) => checkOf(what, kind)),
};

/** Why a file system can't be cut here. */
export async function lackFor(name: DiskName): Promise<string | undefined> {
  const { type, cut } = DISKS[name];
  const tools = cut === 'clone' ? (['mkfs.xfs'] as const) : (['xfs_io'] as const);
  const lack = lackOfRoot() ?? (await lackOf(`mkfs.${type}`, 'losetup', ...tools));
  if (lack) return lack;
  // root of a container may have no loop devices, or may not mount
  try {
    await using bench = await openWorkbench();
    await LoopDisk.make(DISKS[name], bench);
    return undefined;
  } catch (error) {
    return `needs loop devices and mount: ${String(error).replaceAll('\n', ' ')}`;
  }
}

function checkOf(what: string, kind: DiskKind): Check {
  return {
    what,
    unavailable: () => lackFor(what as DiskName),
    async run({ seed, scale, report }): Promise<Outcome> {
      const counts = await cutDisk({ kind, seed, cuts: scaled(300, scale, 4), report });
      return {
        tried: counts.cuts,
        unit: 'cuts',
        violations: counts.violations,
        seen: describeCounts(counts),
      };
    },
  };
}
