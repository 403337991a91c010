import { systemError } from '@tgstore/testkit';
import type { System } from '../../src/process-token.ts';

/** What a made-up machine says; what is not in here is not there. */
export interface Machine {
  readonly platform?: NodeJS.Platform | undefined;
  readonly pid?: number | undefined;
  readonly isMainThread?: boolean | undefined;
  readonly host?: string | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly links?: Readonly<Record<string, string>> | undefined;
  /** Output by command line: `{ 'ps -o lstart= -p 7': 'Mon …' }`. */
  readonly commands?: Readonly<Record<string, string>> | undefined;
  /** What a signal to a pid, or to a group by its negative, meets: nothing wrong, or an error of this code. */
  readonly pids?: Readonly<Record<number, 'ok' | 'EPERM' | 'EINVAL'>> | undefined;
}

/** A system that answers from a table. */
export function fakeSystem({
  platform = 'linux',
  pid = 1,
  isMainThread = true,
  host = 'alpha',
  files = {},
  links = {},
  commands = {},
  pids = {},
}: Machine): System {
  return {
    platform,
    pid,
    isMainThread,
    hostname: () => host,
    readText: (path) => files[path],
    readLink: (path) => links[path],
    run: (command, ...args) => commands[[command, ...args].join(' ')],
    probe(target) {
      const answer = pids[target] ?? 'ESRCH';
      if (answer !== 'ok') throw systemError(answer, 'kill');
    },
    pids: () =>
      Object.keys(pids)
        .map(Number)
        .filter((number) => number > 0),
  };
}

/** The text of `/proc/<pid>/stat`, see proc_pid_stat(5). */
export function statText(
  pid: number,
  { name = 'node', state = 'S', group = 0, threads = 1, start = '100' }: StatFields = {},
): string {
  const between = Array.from({ length: 18 }, (_, index) => String(index * 7));
  between[1] = String(group);
  between[16] = String(threads);
  return [pid, `(${name})`, state, ...between, start, '4096', '12', '18446744073709551615'].join(
    ' ',
  );
}

interface StatFields {
  readonly name?: string | undefined;
  readonly state?: string | undefined;
  readonly group?: number | undefined;
  readonly threads?: number | undefined;
  readonly start?: string | undefined;
}
