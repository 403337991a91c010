import { statfs } from 'node:fs/promises';

/**
 * The name of a file system on which other machines, or other kernels, may work too; `undefined` for all others. There a
 * socket answers on one machine only, inodes can differ between machines, and what one writes others may see late.
 */
export async function networkFileSystem(
  path: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  if (platform === 'win32') return /^\\\\(?![.?]\\)/.test(path) ? 'SMB' : undefined;
  // elsewhere the numbers are given out anew by each system
  if (platform !== 'linux') return undefined;
  return NETWORK_TYPES.get((await statfs(path)).type >>> 0);
}

// f_type of statfs(2)
const NETWORK_TYPES = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x65735546, 'FUSE'],
  [0x01021997, '9P'],
  [0x786f4256, 'VirtualBox shared folder'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
  [0x47504653, 'GPFS'],
]);
