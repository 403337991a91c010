/** One system call of a log, in the order in which they ended. */
export interface Call {
  readonly name: string;
  /** As strace shows them. */
  readonly args: string;
  /** Below 0 where it failed. */
  readonly result: number;
  /** What `begin` said when it began. */
  readonly begun: number;
}

/** The calls of a log of `strace -f -xx`; those that others interrupted are put together. */
export function* readCalls(log: string, begin: () => number): Generator<Call> {
  const unfinished = new Map<string, { readonly text: string; readonly begun: number }>();
  for (const line of log.split('\n')) {
    const [, thread = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (text.endsWith(UNFINISHED)) {
      unfinished.set(thread, { text: text.slice(0, -UNFINISHED.length), begun: begin() });
      continue;
    }
    const [, rest] = /^<\.\.\. \w+ resumed>(.*)$/.exec(text) ?? [];
    const first = rest === undefined ? undefined : unfinished.get(thread);
    const whole = first ? first.text + rest : text;
    const [, name, args = '', result = '-1'] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(whole) ?? [];
    if (name === undefined) continue;
    if (args.includes('"...')) throw new Error(`strace cut off the arguments of a ${name}`);
    yield { name, args, result: Number(result), begun: first?.begun ?? begin() };
  }
}

/** The strings in arguments, each byte a character. */
export function textsIn(args: string): string[] {
  return [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, hex = '']) =>
    Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('latin1'),
  );
}

const UNFINISHED = ' <unfinished ...>';
