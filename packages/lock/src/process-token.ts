import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isMainThread } from 'node:worker_threads';

/**
 * A process (or a worker thread of it) as others can tell it from every other one, also after it died and its pid was
 * given away. `null` where the system does not say.
 */
export interface ProcessToken {
  /** Id of the installed system: `/etc/machine-id`, or what stands for it elsewhere. */
  readonly machine: string | null;
  /** Id of the running boot. */
  readonly boot: string | null;
  /** The pid and time namespaces, within which pid and start mean something; `null` outside of Linux. */
  readonly namespace: string | null;
  /** Process id on its host. */
  readonly pid: number;
  /** When the process started: clock ticks since boot on Linux, `ps -o lstart=` on macOS. */
  readonly start: string | null;
  /** A worker thread: its id in the system and its start. The main thread has none. */
  readonly thread: {
    /** Id of the thread in the system. */
    readonly id: number;
    /** When it began, in the clock of the system. */
    readonly start: string;
  } | null;
  /** The process group that `pid` leads, which may outlive its leader. @default false */
  readonly group?: boolean | undefined;
  /** For people only; nothing is decided by it. */
  readonly host: string;
  /** Inode of the lock directory, where one is involved: in a store that was copied, the token is void. */
  readonly directory: string | null;
  /** Name of the file in the lock directory through which the process shows that it lives. */
  readonly presence: string | null;
}

/** A token without what ties it to a lock directory. */
export type BareToken = Omit<ProcessToken, 'directory' | 'presence'>;

/** The machine, as this process sees it: the door through which tests show other systems and other times. */
export interface System {
  readonly platform: NodeJS.Platform;
  readonly pid: number;
  readonly isMainThread: boolean;
  hostname(): string;
  /** The text of a file of the system; `undefined` where it can't be read. */
  readText(path: string): string | undefined;
  readLink(path: string): string | undefined;
  /** Output of a command, trimmed; `undefined` where it fails. */
  run(command: string, ...args: string[]): string | undefined;
  /** As `process.kill(pid, 0)`: throws `ESRCH` where there is no such process, or with `-pid` no such group. */
  probe(pid: number): void;
  /** The pids in `/proc`; empty where there is none. */
  pids(): number[];
}

export const nodeSystem: System = {
  platform: process.platform,
  pid: process.pid,
  isMainThread,
  hostname,
  readText: (path) => attempt(() => readFileSync(path, 'utf8').trim()),
  readLink: (path) => attempt(() => readlinkSync(path)),
  run: (command, ...args) =>
    attempt(() =>
      execFileSync(command, args, {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        // ps writes times in the zone and the words of whoever asks
        env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
      }).trim(),
    ),
  probe: (pid) => void process.kill(pid, 0),
  pids: () => (attempt(() => readdirSync('/proc')) ?? []).map(Number).filter(Number.isInteger),
};

/** This process, or the worker thread that calls. */
export function describeProcess(system: System = nodeSystem): BareToken {
  const { platform, pid } = system;
  return {
    machine: machineId(system),
    boot: bootId(system),
    namespace: platform === 'linux' ? namespaceOf(system) : null,
    pid,
    start: startOf(pid, system) ?? null,
    thread: system.isMainThread || platform !== 'linux' ? null : threadOf(system),
    host: system.hostname(),
  };
}

/** When a process, or one of its threads, started; `undefined` where there is none or it can't be seen. */
export function startOf(
  pid: number,
  system: System,
  thread: number | undefined = undefined,
): string | undefined {
  if (system.platform === 'darwin') return system.run('ps', '-o', 'lstart=', '-p', String(pid));
  return statOf(pid, system, thread)?.start;
}

export interface ProcessStat {
  /** One letter: `R`, `S`, …, `Z` for a zombie. */
  readonly state: string;
  /** The leader of its process group. */
  readonly group: number;
  /** How many threads it has. */
  readonly threads: number;
  /** Clock ticks since boot. */
  readonly start: string;
}

/** From `/proc/<pid>/stat`, see proc_pid_stat(5); only Linux has it. */
export function statOf(pid: number, system: System, thread?: number): ProcessStat | undefined {
  if (system.platform !== 'linux' || !hasOwnProc(system)) return undefined;
  const text = system.readText(`/proc/${pid}/${thread === undefined ? '' : `task/${thread}/`}stat`);
  // the second field is the name in parentheses, and may itself have spaces and parentheses
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, start] = [fields?.[0], fields?.[19]];
  if (state === undefined || start === undefined) return undefined;
  return { state, group: Number(fields?.[2]), threads: Number(fields?.[17]), start };
}

/** `/proc` can be mounted for another pid namespace: there our pids are those of others. */
function hasOwnProc({ readText }: System): boolean {
  // our pids from the namespace of /proc inwards, see proc_pid_status(5)
  const [, pids = ''] = /^NSpid:\s*(.*)$/m.exec(readText('/proc/self/status') ?? '') ?? [];
  return pids.trim().split(/\s+/).length === 1;
}

/** Whether a value that was read from a file is a token. */
export function isProcessToken(value: unknown): value is ProcessToken {
  if (typeof value !== 'object' || value === null) return false;
  const token = value as Partial<ProcessToken>;
  const texts = [
    token.machine,
    token.boot,
    token.namespace,
    token.start,
    token.directory,
    token.presence,
  ];
  return (
    Number.isSafeInteger(token.pid) &&
    typeof token.host === 'string' &&
    texts.every((text) => text === null || typeof text === 'string') &&
    (token.thread === null || isThread(token.thread)) &&
    // it becomes a part of a path
    (token.presence === null || /^[\w.-]+$/.test(token.presence ?? ''))
  );
}

function isThread(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, start } = value as { id?: unknown; start?: unknown };
  return Number.isSafeInteger(id) && typeof start === 'string';
}

/** Eight hex digits that stand for a boot, in the names of files. */
export function bootTag(boot: string | null): string {
  return createHash('sha256')
    .update(boot ?? '')
    .digest('hex')
    .slice(0, 8);
}

function machineId({ platform, readText, run }: System): string | null {
  if (platform === 'linux') {
    return readText('/etc/machine-id') || readText('/var/lib/dbus/machine-id') || null;
  }
  if (platform === 'darwin') {
    const registry = run('/usr/sbin/ioreg', '-rd1', '-c', 'IOPlatformExpertDevice');
    return /"IOPlatformUUID" = "([^"]+)"/.exec(registry ?? '')?.[1] ?? null;
  }
  return null;
}

function bootId({ platform, readText, run }: System): string | null {
  if (platform === 'linux') return readText('/proc/sys/kernel/random/boot_id') || null;
  // kern.boottime moves when the clock is set
  if (platform === 'darwin') return run('/usr/sbin/sysctl', '-n', 'kern.bootsessionuuid') || null;
  return null;
}

// start times count from a boot that a time namespace may shift
function namespaceOf({ readLink }: System): string | null {
  const pid = readLink('/proc/self/ns/pid');
  return pid === undefined ? null : `${pid} ${readLink('/proc/self/ns/time') ?? ''}`.trim();
}

function threadOf(system: System): ProcessToken['thread'] {
  const id = Number(/\/task\/(\d+)$/.exec(system.readLink('/proc/thread-self') ?? '')?.[1]);
  const start = Number.isInteger(id) ? startOf(system.pid, system, id) : undefined;
  return start === undefined ? null : { id, start };
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
