import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** A system call of a thread, as strace saw it. */
export interface SystemCall {
  readonly name: string;
  /** From 1, among those of this name. */
  readonly number: number;
  /** The line of the log. */
  readonly text: string;
  readonly wasMadeToFail: boolean;
}

export interface Injection {
  readonly name: string;
  readonly number: number;
  readonly errno: string;
}

/** Attaches to one thread of a process; the function detaches, and resolves to its calls on files since then. */
export async function traceThread(
  thread: number,
  log: string,
  injection?: Injection,
): Promise<() => Promise<SystemCall[]>> {
  const inject = injection
    ? ['-e', `inject=${injection.name}:error=${injection.errno}:when=${injection.number}`]
    : [];
  const calls = `trace=${CALLS.map((name) => `?${name}`).join(',')}`;
  const args = ['-y', '-s', '0', '-o', log, '-e', calls, ...inject, '-p', String(thread)];
  const tracer = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(tracer, 'exit');
  let said = '';
  tracer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes(' attached')) {
    const more = once(tracer.stderr, 'data');
    const [event] = await Promise.race([more.then(() => ['data']), ended.then(() => ['exit'])]);
    if (event === 'exit') throw new Error(`strace: ${said}`);
  }
  return async () => {
    tracer.kill('SIGINT');
    await ended;
    return parse(await readFile(log, 'utf8'));
  };
}

function parse(log: string): SystemCall[] {
  const counts = new Map<string, number>();
  return log.split('\n').flatMap((text) => {
    const [, name] = /^(\w+)\(/.exec(text) ?? [];
    if (name === undefined) return [];
    const number = (counts.get(name) ?? 0) + 1;
    counts.set(name, number);
    return [{ name, number, text, wasMadeToFail: text.endsWith('(INJECTED)') }];
  });
}

const CALLS = ['%file', '%desc', 'socket', 'bind', 'listen', 'connect'];
