import { readdirSync, readlinkSync } from 'node:fs';

/** The files below a directory that this process has open; always none where the system does not tell. */
export function openFilesBelow(directory: string): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc/self/fd').flatMap((number) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${number}`);
      return path.startsWith(`${directory}/`) ? [path] : [];
    } catch {
      // that of the listing itself
      return [];
    }
  });
}
