import type { ChildProcess } from 'node:child_process';

/** Commands of `process --exec` that run now, each the leader of a process group. */
const running = new Set<ChildProcess>();

export function trackChild(child: ChildProcess): void {
  running.add(child);
  child.once('close', () => running.delete(child));
}

/** Ends all of them, with whatever they have started. */
export function killChildren(): void {
  for (const { pid } of running) {
    if (pid === undefined) continue;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, 'SIGTERM');
    } catch {
      // it ended by itself
    }
  }
}
