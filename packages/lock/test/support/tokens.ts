import { spawnSync } from 'node:child_process';
import { describeProcess, type ProcessToken } from '../../src/process-token.ts';

/** The token of this very process, tied to no directory. */
export function ownToken(overrides: Partial<ProcessToken> = {}): ProcessToken {
  return { ...describeProcess(), directory: null, presence: null, ...overrides };
}

/** The token of a process of this machine that has ended. */
export function deadToken(overrides: Partial<ProcessToken> = {}): ProcessToken {
  ended ??= spawnSync(process.execPath, ['--version']);
  // should the pid be given away, no new process has this start
  return ownToken({ pid: ended.pid, start: '0', ...overrides });
}

let ended: { readonly pid: number } | undefined;

/** The token of a process on a machine that can't be asked. */
export function foreignToken(overrides: Partial<ProcessToken> = {}): ProcessToken {
  return ownToken({
    machine: 'another machine',
    boot: 'another boot',
    namespace: 'another namespace',
    host: 'elsewhere',
    ...overrides,
  });
}
