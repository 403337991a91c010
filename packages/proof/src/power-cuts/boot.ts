import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Makes this process believe that it runs in another boot. After a real power cut the kernel starts anew, and locks rely on that; here
 * only the disk is cut.
 */
export function pretendBoot(id: string): void {
  const { readFileSync } = fs;
  const pretending = (...args: Parameters<typeof readFileSync>): unknown =>
    args[0] === BOOT_ID ? `${id}\n` : readFileSync(...args);
  Object.assign(fs, { readFileSync: pretending });
  syncBuiltinESMExports();
}

const BOOT_ID = '/proc/sys/kernel/random/boot_id';
