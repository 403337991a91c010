import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Mounts an empty disk on a directory; the functions change and end that. */
export function mountDisk(path: string): { makeReadOnly(): void } & Disposable {
  execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', path], { stdio: 'ignore' });
  return {
    makeReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', path]),
    // there may be programs in it
    [Symbol.dispose]: () => void execFileSync('umount', ['--lazy', path]),
  };
}

/** Whether this process may mount disks: only root may, and not in every container. */
export const canMount = tryToMount();

function tryToMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = mkdtempSync(join(tmpdir(), 'tgstore-test-'));
  try {
    mountDisk(path)[Symbol.dispose]();
    return true;
  } catch {
    return false;
  } finally {
    rmSync(path, { recursive: true });
  }
}
