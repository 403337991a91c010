// Mounts a disk for a power cut, says where, and waits for its end: hold-disk.ts NAME
import { writeSync } from 'node:fs';
import { DISKS, type DiskName, LoopDisk } from '../../src/power-cuts/loop-disk.ts';
import { openWorkbench } from '../../src/power-cuts/workbench.ts';

const bench = await openWorkbench();
await LoopDisk.make(DISKS[process.argv[2] as DiskName], bench);
writeSync(1, `${bench.path}\n`);
setInterval(() => {}, 1 << 30);
