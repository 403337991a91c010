import { MARK } from './run-operations.ts';

/** A system call that makes something, or gives it another mode, as strace writes it. */
const CALL = /^\d+ +(\w+)\((.*)$/;

export interface TraceRules {
  /** Below these, and nowhere else, may something be made. */
  readonly owned: readonly string[];
}

/** What a trace shows that must not be: something made with other modes than 0600 and 0700, or in another place. */
export function judgeTrace(trace: string, { owned }: TraceRules): string[] {
  const wrong = new Set<string>();
  let operation: string | undefined;
  for (const line of trace.split('\n')) {
    const [, call = '', rest = ''] = CALL.exec(line) ?? [];
    const [path = ''] = paths(rest);
    if (path.startsWith(MARK)) operation = path.slice(MARK.length);
    const made = madeBy(call, rest);
    // the first words of the process are not ours, and the shell of a command opens what it is told
    if (operation === undefined || !made || path === '/dev/null') continue;
    const isOwned = owned.some(
      (directory) => path === directory || path.startsWith(`${directory}/`),
    );
    if (!isOwned) wrong.add(`${operation}: makes ${made.path} in another place`);
    if (made.mode !== undefined && made.mode !== made.expected) {
      wrong.add(`${operation}: makes ${made.path} with mode 0${made.mode.toString(8)}`);
    }
  }
  return [...wrong];
}

interface Made {
  readonly path: string;
  readonly mode: number | undefined;
  readonly expected: number;
}

function madeBy(call: string, rest: string): Made | undefined {
  const found = paths(rest);
  const path = found.at(0);
  if (path === undefined) return undefined;
  const octal = /, 0([0-7]+)(?:\)| <unfinished)/.exec(rest)?.[1];
  const mode = octal === undefined ? undefined : Number.parseInt(octal, 8);
  switch (call) {
    case 'open':
    case 'openat':
      return rest.includes('O_CREAT') || rest.includes('O_TMPFILE')
        ? { path, mode, expected: 0o600 }
        : undefined;
    case 'creat':
    case 'mknod':
    case 'mknodat':
      return { path, mode, expected: 0o600 };
    case 'mkdir':
    case 'mkdirat':
      return { path, mode, expected: 0o700 };
    case 'chmod':
    case 'fchmodat':
      return { path, mode, expected: isPrivate(mode) ? (mode as number) : 0o600 };
    case 'symlink':
    case 'symlinkat':
    case 'link':
    case 'linkat':
    case 'rename':
    case 'renameat':
    case 'renameat2':
      return { path: found.at(1) ?? path, mode: undefined, expected: 0 };
    default:
      return undefined;
  }
}

function isPrivate(mode: number | undefined): boolean {
  return mode === 0o600 || mode === 0o700;
}

function paths(rest: string): string[] {
  return [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, path = '']) => path);
}
