import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Commands that a proof needs and a fresh machine may lack, with the Debian package that brings each. */
const PACKAGES = {
  strace: 'strace',
  xfs_io: 'xfsprogs',
  'mkfs.xfs': 'xfsprogs',
  'mkfs.btrfs': 'btrfs-progs',
  'mkfs.ext4': 'e2fsprogs',
  losetup: 'mount',
} as const;

export type Tool = keyof typeof PACKAGES;

let installed: Promise<void> | undefined;

/**
 * Makes sure that commands are there; as root on Debian what is missing is installed, everything at once.
 *
 * @returns why they are not there (`needs strace (Debian package strace)`), or `undefined`
 */
export async function lackOf(...tools: readonly Tool[]): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'needs Linux';
  if (await areThere(tools)) return undefined;
  installed ??= installAll();
  await installed;
  for (const tool of tools) {
    if (!(await isThere(tool))) return `needs ${tool} (Debian package ${PACKAGES[tool]})`;
  }
  return undefined;
}

export function lackOfRoot(): string | undefined {
  return process.getuid?.() === 0 ? undefined : 'needs root';
}

async function installAll(): Promise<void> {
  if (lackOfRoot() || !(await isThere('apt-get'))) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...packages()]]) {
    await once(spawn('apt-get', args, { env, stdio: 'ignore' }), 'close');
  }
}

function packages(): string[] {
  return [...new Set(Object.values(PACKAGES))];
}

async function areThere(tools: readonly Tool[]): Promise<boolean> {
  return (await Promise.all(tools.map(isThere))).every(Boolean);
}

async function isThere(command: string): Promise<boolean> {
  // A user's PATH often lacks those of the administrator
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const directory of directories) {
    const found = await access(join(directory, command)).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
