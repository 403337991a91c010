import { existsSync, readFileSync } from 'node:fs';

/** The memory of a process, without what it shares with files; `NaN` where the system does not say. */
export function residentBytes(pid: number | undefined): number {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return Number.NaN;
  const [, kilobytes] = /^RssAnon:\s*(\d+)/m.exec(readFileSync(status, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
