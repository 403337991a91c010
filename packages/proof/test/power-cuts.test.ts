import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startTypeScript } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { describeCounts } from '../src/power-cuts/counts.ts';
import { cutDisk } from '../src/power-cuts/cutter.ts';
import { DISKS, type DiskName } from '../src/power-cuts/loop-disk.ts';
import type { Planted } from '../src/power-cuts/planted.ts';
import { lackFor } from '../src/power-cuts/proof.ts';
import { seed } from './support/seed.ts';

const CUTS = 4;
// each of the bugs below was found by the eighth cut at the latest
const MOST_CUTS = 100;
const TIMEOUT_MS = 900_000;

const HOLD = new URL('support/hold-disk.ts', import.meta.url);

/** Which sync is left out on which file system, each in its turn. */
const PLANTED: Record<DiskName, Planted> = {
  ext4: 'no sync of an appended end',
  'ext4 data=writeback': 'no sync of a file before its rename',
  xfs: 'no sync at all',
  btrfs: 'no sync of directories',
};

const names = Object.keys(DISKS) as DiskName[];
const lacks = new Map<DiskName, string | undefined>();
for (const name of names) lacks.set(name, await lackFor(name));

describe.each(names)('%s', { timeout: TIMEOUT_MS }, (name) => {
  const lack = lacks.get(name);
  const skipped = lack === undefined ? '' : ` (skipped: ${lack})`;
  const kind = DISKS[name];

  test.skipIf(lack)(`${CUTS} power cuts lose nothing that was acknowledged${skipped}`, async () => {
    const counts = await cutDisk({ kind, seed, cuts: CUTS });
    process.stderr.write(`${name}: ${describeCounts(counts)}\n`);
    expect(counts.violations).toEqual([]);
    expect(counts.cuts).toBe(CUTS);
    // otherwise nothing was cut
    expect(counts.acknowledged).toBeGreaterThan(0);
    expect(counts.intoStep).toBeGreaterThan(0);
  });

  test.skipIf(lack)(`power cuts find out ${PLANTED[name]}${skipped}`, async () => {
    const planted = PLANTED[name];
    const counts = await cutDisk({ kind, seed, cuts: MOST_CUTS, planted, untilFound: true });
    const [first] = counts.violations;
    process.stderr.write(`${name}, ${planted}: cut ${counts.cuts}, ${first?.slice(0, 300)}\n`);
    expect(counts.violations).not.toEqual([]);
  });
});

// its image lies on another one
const CLONED = 'btrfs';

test.skipIf(lacks.get(CLONED)).each(['SIGTERM', 'SIGKILL'] as const)(
  'who is ended by %s leaves nothing mounted',
  async (signal) => {
    const child = startTypeScript(HOLD, { args: [CLONED] });
    const [line] = await once(child.stdout ?? child, 'data');
    const path = String(line).trim();
    expect(await loopDevices(path)).not.toEqual([]);
    child.kill(signal);
    await once(child, 'close');
    while (await isThere(path)) await sleep(10);
    expect(await loopDevices(path)).toEqual([]);
  },
);

async function loopDevices(directory: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('losetup', ['--list', '-n', '-O', 'BACK-FILE']);
  return stdout.split('\n').filter((file) => file.includes(directory));
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
