import type { ChildProcess } from 'node:child_process';

/** Commands of `process --exec` that run now, each the leader of a process group. */
const running = new Set<ChildProcess>();

export function trackChild(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** Kills all of them, with whatever they have started. */
export function killChildren(): void {
  for (const child of running) signalGroup(child, 'SIGKILL');
}

/** Sends a signal to a command and to whatever it has started. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
  } catch {
    // it ended by itself
  }
}
