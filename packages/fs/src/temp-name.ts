import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const PATTERN = /^\.tgstore-([0-9a-f]{8})-([0-9a-z]{7})-[0-9a-f]{10}\.tmp$/;

let domain: string | undefined;

/**
 * A new hidden name for a temporary file of this process: 40 bytes, of lower-case letters, digits, `.` and `-`.
 * It tells whose it is: `.tgstore-<domain>-<pid>-<random>.tmp`.
 */
export function temporaryName(): string {
  const pid = process.pid.toString(36).padStart(7, '0');
  return `.tgstore-${processDomain()}-${pid}-${randomBytes(5).toString('hex')}.tmp`;
}

/** Whether a file name, without its directory, has the form {@link temporaryName} gives. */
export function isTemporaryName(name: string): boolean {
  return PATTERN.test(name);
}

/** Who made the temporary file of this name; `undefined` where it is not such a name. */
export function temporaryOwner(name: string): { domain: string; pid: number } | undefined {
  const [, ownerDomain, pid] = PATTERN.exec(name) ?? [];
  if (ownerDomain === undefined || pid === undefined) return undefined;
  return { domain: ownerDomain, pid: Number.parseInt(pid, 36) };
}

/** Eight hex digits, the same for the processes among which a pid means the same process. */
export function processDomain(): string {
  domain ??= createHash('sha256').update(describeDomain()).digest('hex').slice(0, 8);
  return domain;
}

function describeDomain(): string {
  if (process.platform !== 'linux') return hostname();
  try {
    // A pid means a process only within one boot and one pid namespace; a host name is shared by containers
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
