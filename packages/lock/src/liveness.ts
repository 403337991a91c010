// Whether a process is dead, decided so that a living one is never taken for dead: not by age, not by the clock, not by
// the name of the host.

import { hasCode } from './errors.ts';
import {
  type BareToken,
  type ProcessStat,
  type ProcessToken,
  type System,
  startOf,
  statOf,
} from './process-token.ts';

/** What can be said of a process: `'unknown'` is not dead. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** From where a token is judged. */
export interface Observer {
  /** Who judges. */
  readonly self: BareToken;
  readonly system: System;
  /** Inode of the lock directory as it is now; `null` where inodes mean nothing, or without a directory. */
  readonly directory: string | null;
  /** Whether somebody answers behind a presence file. */
  ask(presence: string): Promise<Liveness>;
}

/** What is proved about the process that a token names. */
export async function judge(token: ProcessToken, observer: Observer): Promise<Liveness> {
  const { self, system, directory } = observer;
  const wasCopied = token.directory !== null && directory !== null && token.directory !== directory;
  if (wasCopied) return 'dead';
  if (token.boot === null || self.boot === null) return judgeByPid(token, self, system);
  if (token.boot !== self.boot) return await judgeOtherBoot(token, observer);
  if (token.namespace === self.namespace) return judgeNeighbour(token, system);
  return token.presence === null ? 'unknown' : await observer.ask(token.presence);
}

/** A boot that is over, if it was one of this machine. */
async function judgeOtherBoot(
  token: ProcessToken,
  { self, directory, ask }: Observer,
): Promise<Liveness> {
  // a container can have a boot id of its own: who answers lives, whatever he calls his boot
  const answer = token.presence === null ? 'unknown' : await ask(token.presence);
  if (answer === 'alive') return 'alive';
  const isLocal = token.directory !== null && directory !== null;
  if (isLocal && token.presence !== null && answer === 'unknown') return 'unknown';
  if (token.machine !== null && self.machine !== null) {
    return token.machine === self.machine ? 'dead' : 'unknown';
  }
  // containers often have no machine id; but of a local disk only one boot at a time has the use
  return isLocal ? 'dead' : 'unknown';
}

/** Same boot, same namespaces: the pid means the same process, unless it was given away. */
function judgeNeighbour(token: ProcessToken, system: System): Liveness {
  const { pid, start, thread, group } = token;
  if (!exists(pid, system)) return group && groupLives(pid, system) ? 'alive' : 'dead';
  const stat = statOf(pid, system);
  if (stat && hasEnded(stat) && !(group && groupLives(pid, system))) return 'dead';
  // hidepid can hide a living process from /proc: not to see it proves nothing
  const startNow = stat?.start ?? startOf(pid, system);
  if (start !== null && startNow !== undefined && startNow !== start) return 'dead';
  if (thread === null || stat === undefined) return 'alive';
  return startOf(pid, system, thread.id) === thread.start ? 'alive' : 'dead';
}

/** A zombie, or dead and about to be removed; its other threads may outlive the first one, and still write. */
function hasEnded({ state, threads }: ProcessStat): boolean {
  return /[ZXx]/.test(state) && threads <= 1;
}

/** Whether a member of a process group runs. While there is one, the number of the group is not given away. */
function groupLives(group: number, system: System): boolean {
  if (system.platform === 'win32' || !exists(-group, system)) return false;
  const members = system
    .pids()
    .map((pid) => statOf(pid, system))
    .filter((stat) => stat?.group === group);
  // hidepid can hide them all: that the group is there must do
  return members.length === 0 || members.some((stat) => stat && !hasEnded(stat));
}

/** Systems that name no boot (Windows): on the same host, a pid that is not there is dead, and one that is there may be anyone. */
function judgeByPid(token: ProcessToken, self: BareToken, system: System): Liveness {
  const isHere = token.boot === self.boot && token.namespace === self.namespace;
  if (!isHere || system.platform === 'linux' || token.host !== self.host) return 'unknown';
  return exists(token.pid, system) ? 'alive' : 'dead';
}

function exists(pid: number, { probe }: System): boolean {
  try {
    probe(pid);
    return true;
  } catch (error) {
    // EPERM is a living process of another user
    return !hasCode(error, 'ESRCH');
  }
}
