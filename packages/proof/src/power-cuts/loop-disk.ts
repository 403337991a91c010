// A file system on a loop device that loses its power.
//
// What the file system has handed to the device is in the image at the instant of the cut, flushed or not, and in the order in which
// it was handed over; what it still had in memory is gone. So a cut is milder than one of a disk with a volatile cache, which may lose
// what came before its next flush, too: a flush that the kernel forgets does not show here. A sync that tgstore forgets does, as
// nothing but a sync (or half a minute of patience) makes a file system hand over. Whether the loop device goes through the page
// cache of the disk below is all one, as that one keeps its power.

import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Workbench } from './workbench.ts';

export interface DiskKind {
  /** As `mkfs.TYPE` and `mount -t` have it. */
  readonly type: 'ext4' | 'xfs' | 'btrfs';
  readonly mkfs: readonly string[];
  readonly options: string;
  /** Reads an unmounted file system, and fails where it finds something. */
  readonly fsck: readonly string[];
  /** `'shutdown'` is a call of the file system; `'clone'` takes the image as it is at one instant. */
  readonly cut: 'shutdown' | 'clone';
}

const EXT4 = {
  type: 'ext4',
  mkfs: ['-q', '-b', '4096'],
  fsck: ['e2fsck', '-fn'],
  cut: 'shutdown',
} as const;

export const DISKS = {
  ext4: { ...EXT4, options: 'data=ordered' },
  // what ext4 can do to be kind to those who do not sync is left out, too
  'ext4 data=writeback': { ...EXT4, options: 'data=writeback,nodelalloc,noauto_da_alloc' },
  xfs: {
    type: 'xfs',
    mkfs: ['-q'],
    options: 'defaults',
    fsck: ['xfs_repair', '-n'],
    cut: 'shutdown',
  },
  btrfs: {
    type: 'btrfs',
    mkfs: ['-q'],
    options: 'defaults',
    fsck: ['btrfs', 'check', '--readonly'],
    cut: 'clone',
  },
} as const satisfies Record<string, DiskKind>;

export type DiskName = keyof typeof DISKS;

// the least that mkfs.xfs takes is 300 MiB
const SIZE = '320M';
const SIZE_OF_STAND = '8G';

export class LoopDisk {
  /** Where it is mounted now; {@link replay} changes it. */
  path = '';
  readonly #kind: DiskKind;
  readonly #bench: Workbench;
  #image: string;

  private constructor(kind: DiskKind, bench: Workbench, image: string) {
    this.#kind = kind;
    this.#bench = bench;
    this.#image = image;
  }

  /** Makes a fresh file system and mounts it. */
  static async make(kind: DiskKind, bench: Workbench): Promise<LoopDisk> {
    const directory = kind.cut === 'clone' ? await cloneable(bench) : bench.path;
    const image = join(directory, `${kind.type}-${next()}.img`);
    await bench.run('truncate', '-s', SIZE, image);
    await bench.run(`mkfs.${kind.type}`, ...kind.mkfs, image);
    const disk = new LoopDisk(kind, bench, image);
    await disk.#mount();
    return disk;
  }

  /** Whether it goes on after a cut, and what is mounted then is a copy. */
  get isCopied(): boolean {
    return this.#kind.cut === 'clone';
  }

  /** From here on nothing comes to the disk. */
  async cut(): Promise<void> {
    // Shutdown without -f is XFS_FSOP_GOING_FLAGS_NOLOGFLUSH: not even finished transactions in memory are written. ext4 knows the same
    // call. The flag 0 (`DEFAULT`) would freeze the file system first, which syncs all of it.
    if (!this.isCopied) await this.#bench.run('xfs_io', '-x', '-c', 'shutdown', this.path);
    // No write of the loop device goes on while its image is cloned: the clone has each either whole or not at all
    else await this.#bench.run('cp', '--reflink=always', this.#image, this.#cutImage);
  }

  /** After a cut, and when nobody uses it any more: mounts what is on the disk elsewhere, which replays its journal. */
  async replay(): Promise<void> {
    await this.#unmount();
    if (this.isCopied) await this.#bench.run('mv', this.#cutImage, this.#image);
    await this.#mount();
  }

  /** Unmounts it for good; what the check of the file system itself finds. */
  async retire(): Promise<string | undefined> {
    await this.#unmount();
    const [command, ...args] = this.#kind.fsck as [string, ...string[]];
    const found = await this.#bench.run(command, ...args, this.#image).then(
      () => undefined,
      ({ message, stdout }) => `${message}: ${stdout}`.replaceAll('\n', ' '),
    );
    await this.#bench.run('rm', this.#image);
    return found;
  }

  get #cutImage(): string {
    return `${this.#image}.cut`;
  }

  async #mount(): Promise<void> {
    const { type, options } = this.#kind;
    this.path = join(this.#bench.path, `mount-${next()}`);
    await mkdir(this.path);
    await mountImage(this.#bench, this.#image, this.path, { type, options });
  }

  async #unmount(): Promise<void> {
    await this.#bench.run('umount', this.path);
    await rmdir(this.path);
  }
}

const stands = new WeakMap<Workbench, Promise<string>>();

/** A directory in which a file can be cloned at one instant: on an xfs of its own. */
function cloneable(bench: Workbench): Promise<string> {
  const make = async (): Promise<string> => {
    const [image, directory] = [join(bench.path, 'stand.img'), join(bench.path, 'stand')];
    await bench.run('truncate', '-s', SIZE_OF_STAND, image);
    await bench.run('mkfs.xfs', '-q', '-m', 'reflink=1', image);
    await mkdir(directory);
    await mountImage(bench, image, directory, { type: 'xfs', options: 'defaults' });
    return directory;
  };
  const stand = stands.get(bench) ?? make();
  stands.set(bench, stand);
  return stand;
}

async function mountImage(
  bench: Workbench,
  image: string,
  directory: string,
  { type, options }: { readonly type: string; readonly options: string },
): Promise<void> {
  await bench.run('sh', '-c', MOUNT, 'sh', image, directory, type, options);
}

// The device is given up at once: it goes with its mount, however that ends.
const MOUNT = `
device=$(losetup --find --show "$1") || exit
mount -t "$3" -o "$4" "$device" "$2"
status=$?
losetup --detach "$device"
exit $status
`;

let made = 0;

function next(): number {
  made += 1;
  return made;
}
