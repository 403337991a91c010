import type { StatsFs } from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import { networkFileSystem } from '../src/file-system-type.ts';

vi.mock('node:fs/promises', { spy: true });

/** Makes the next look at a file system find this type. */
function found(type: number): void {
  vi.mocked(fs.statfs).mockResolvedValueOnce({ type } as StatsFs);
}

describe('on Linux', () => {
  test.each([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'CIFS'],
    [0xfe534d42, 'SMB2'],
    [0x65735546, 'FUSE'],
    [0x01021997, '9P'],
    [0x00c36400, 'Ceph'],
    [0x5346414f, 'AFS'],
  ])('0x%x is %s', async (type, name) => {
    found(type);
    expect(await networkFileSystem('/anywhere', 'linux')).toBe(name);
  });

  test('a type that comes as a negative number is known too', async () => {
    found(0xff534d42 | 0);
    expect(await networkFileSystem('/anywhere', 'linux')).toBe('CIFS');
  });

  test.each([
    [0xef53, 'ext4'],
    [0x01021994, 'tmpfs'],
    [0x9123683e, 'btrfs'],
    [0x58465342, 'XFS'],
    [0x794c7630, 'overlayfs'],
    [0x2fc12fc1, 'ZFS'],
    [0x4d44, 'FAT'],
    [0x2011bab0, 'exFAT'],
  ])('0x%x, %s, is of this machine', async (type) => {
    found(type);
    expect(await networkFileSystem('/anywhere', 'linux')).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')('the disk of this test is of this machine', async () => {
    expect(await networkFileSystem(tmpdir())).toBeUndefined();
    expect(fs.statfs).toHaveBeenCalledWith(tmpdir());
  });

  test('a path that is missing is said to be so', async () => {
    await expect(networkFileSystem('/no/such/path', 'linux')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

test('on Windows, as shown by a seam, only shares are elsewhere', async () => {
  expect(await networkFileSystem('\\\\server\\share\\chats', 'win32')).toBe('SMB');
  expect(await networkFileSystem('\\\\?\\C:\\chats', 'win32')).toBeUndefined();
  expect(await networkFileSystem('\\\\.\\C:\\chats', 'win32')).toBeUndefined();
  expect(await networkFileSystem('C:\\chats', 'win32')).toBeUndefined();
});

test('on macOS, as shown by a seam, nothing is known, and nothing is asked', async () => {
  vi.mocked(fs.statfs).mockClear();
  expect(await networkFileSystem('/Volumes/share', 'darwin')).toBeUndefined();
  expect(fs.statfs).not.toHaveBeenCalled();
});
