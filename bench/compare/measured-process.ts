import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** What one contender took in one round. */
export interface Sample {
  /** The median, where it did the work several times. */
  readonly seconds: number;
  /** The largest resident set of the process; `undefined` where the system does not say. */
  readonly peakBytes?: number | undefined;
  /** Given to the system for writing each time; `undefined` where the system does not say. */
  readonly writtenBytes?: number | undefined;
}

/** A program that says `ready`, works when it reads a line, and then says what a {@link Report} has. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

interface Report {
  readonly seconds: number;
  readonly times: number;
  readonly count: number;
}

/** Lets processes do their work at the same time. All must have done `expected` together. */
export async function measureProcesses(
  commands: readonly Command[],
  expected: number,
): Promise<Sample> {
  const members = commands.map((command) => new Member(command));
  try {
    for (const member of members) await member.nextLine();
    // what others have written is not to be written while these work
    spawnSync('sync');
    const before = members.map(({ pid }) => writtenBytes(pid));
    for (const member of members) member.go();
    const reports: Report[] = [];
    for (const member of members) reports.push(JSON.parse(await member.nextLine()) as Report);
    const count = sum(reports.map((report) => report.count));
    if (count !== expected) throw new Error(`did ${count} instead of ${expected}`);
    return {
      seconds: Math.max(...reports.map(({ seconds }) => seconds)),
      peakBytes: whole(members.map(({ pid }) => peakBytes(pid))),
      writtenBytes: whole(
        members.map(({ pid }, index) => {
          const [start, end] = [before[index], writtenBytes(pid)];
          const times = reports[index]?.times ?? 1;
          return start === undefined || end === undefined ? undefined : (end - start) / times;
        }),
      ),
    };
  } finally {
    for (const member of members) await member.end();
  }
}

class Member {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #lines: AsyncIterator<string>;
  readonly #closed: Promise<unknown>;
  #errors = '';

  constructor({ file, args }: Command) {
    this.#process = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#closed = once(this.#process, 'close');
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    // where it has ended, its end says why
    this.#process.stdin.on('error', () => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (!done) return value;
    await this.#closed;
    throw new Error(reasonOf(this.#errors), { cause: this.#errors });
  }

  go(): void {
    this.#process.stdin.write('go\n');
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#closed;
  }
}

/** In a few words, why a process ended. */
function reasonOf(errors: string): string {
  if (errors.includes('heap out of memory')) return 'the heap is full';
  const [code] = /\b(?:ERR|STORE|LOCK)_[A-Z_]+\b/.exec(errors) ?? [];
  const [line] = /^\w*Error.*/m.exec(errors) ?? [];
  return code ?? line?.replace(/^Error: |[|`]/g, '').slice(0, 60) ?? 'the process ended';
}

// Not `maxRSS`: that is at least the one of the process that started this one.
function peakBytes(pid: number): number | undefined {
  const kilobytes = figure(pid, 'status', /^VmHWM:\s*(\d+)/m);
  return kilobytes && kilobytes * 1024;
}

function writtenBytes(pid: number): number | undefined {
  return figure(pid, 'io', /^wchar:\s*(\d+)/m);
}

function figure(pid: number, file: string, pattern: RegExp): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return Number(pattern.exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1]);
}

function whole(values: readonly (number | undefined)[]): number | undefined {
  return values.every((value) => value !== undefined) ? sum(values) : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
