import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import timers from 'node:timers/promises';
import { FileSystemLock, inspectLocks, withLock } from '@tgstore/lock';
import { createRandom } from '@tgstore/testkit';
import { type Kind, type MutatedFile, mustHold, type Subject, unlessRefused } from '../kind.ts';
import { Steady } from '../steady.ts';

/** Files of the locks: a lock is taken or refused in time, and never by two. */
export const lockFiles: Kind = {
  name: 'locks',
  cases: 50_000,
  dear: 5000,
  open: (directory) => Locks.open(directory),
};

interface LockFile {
  /** Relative to the directory of the locks. */
  readonly path: string;
  readonly bytes: Buffer;
}

class Locks implements Subject {
  readonly material;
  readonly #directory: string;
  readonly #file: string;
  readonly #files: readonly LockFile[];

  private constructor(directory: string, files: readonly LockFile[]) {
    this.#directory = join(directory, 'locks');
    this.#file = join(directory, 'file');
    this.#files = files;
    // each file is mutated by its content, and by its name
    const corpus = files.flatMap(({ path, bytes }) => [
      bytes,
      Buffer.from(path.slice(path.lastIndexOf('/') + 1)),
    ]);
    this.material = { corpus, dictionary: DICTIONARY, isJson: true };
  }

  static async open(directory: string): Promise<Locks> {
    const files = await makeLocks(directory);
    hurry();
    return new Locks(directory, files);
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async try({ bytes, origin, seed, isDear }: MutatedFile): Promise<boolean> {
    const random = createRandom(seed);
    this.#put(Math.floor(origin / 2), origin % 2 === 1 ? bytes : undefined, bytes);
    const locks = await unlessRefused(() => inspectLocks(this.#directory));
    for (const { liveness, path } of locks ?? []) {
      mustHold(['alive', 'dead', 'unknown'].includes(liveness), () => `liveness ${liveness}`);
      mustHold(typeof path === 'string', () => 'a lock of no path');
    }
    if (isDear) await this.#take(random.pick([0, 20]));
    return locks !== undefined;
  }

  async #take(timeoutMs: number): Promise<void> {
    const options = { directory: this.#directory, timeoutMs };
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      mustHold(inside === 1, () => 'two hold the lock');
      await Promise.resolve();
      inside -= 1;
    };
    const take = (): Promise<unknown> => unlessRefused(() => withLock(this.#file, options, work));
    const begun = performance.now();
    await Promise.all([take(), take()]);
    const took = performance.now() - begun;
    mustHold(
      took < 10_000,
      () => `a lock took ${Math.round(took)} ms with a timeout of ${timeoutMs} ms`,
    );
  }

  #put(changed: number, name: Buffer | undefined, bytes: Buffer): void {
    rmSync(this.#directory, { recursive: true, force: true });
    for (const [index, file] of this.#files.entries()) {
      const path = join(this.#directory, file.path);
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      if (index !== changed) writeFileSync(path, file.bytes);
      else if (!name) writeFileSync(path, bytes);
      else writeNamed(dirname(path), name, file.bytes);
    }
  }
}

/** A queue that can't be read is read again for two seconds, in case others change it; nobody does here. */
function hurry(): void {
  timers.setTimeout = async (_milliseconds, value) => await timers.setImmediate(value as never);
  syncBuiltinESMExports();
}

/** A name that no file can have names none. */
function writeNamed(directory: string, name: Buffer, bytes: Buffer): void {
  const plain = name.subarray(0, 255).toString('latin1').replaceAll(/[/\0]/g, '-');
  if (plain === '' || plain === '.' || plain === '..') return;
  const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(plain, 'latin1')]);
  writeFileSync(path, bytes);
}

/** What is left of two who held locks and died. */
async function makeLocks(directory: string): Promise<LockFile[]> {
  const locks = join(directory, 'template');
  const options = { directory: locks };
  await using first = await FileSystemLock.acquire(join(directory, 'file'), options);
  await using other = await FileSystemLock.acquire(join(directory, 'other'), options);
  mustHold(first !== other, () => 'one lock for two files');
  const steady = new Steady();
  const names = readdirSync(locks, { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({
      path: steady.text(Buffer.from(path.slice(locks.length + 1))).toString('utf8'),
      bytes: steady.text(readFileSync(path)),
    }));
}

const DICTIONARY = [
  ...[
    '"pid":-1',
    '"pid":0',
    '"pid":1',
    '"pid":4294967296',
    '"start":null',
    '"boot":null',
    '"boot":"x"',
    '"namespace":null',
  ],
  ...[
    '"presence":"../../x"',
    '"presence":"process.00000000-0000000000000000"',
    '"presence":null',
    '"directory":null',
    '"group":true',
  ],
  ...[
    '"after":[]',
    '"after":[{"id":"00000000-0000000000000000","key":"file","shared":false}]',
    '"number":9007199254740991',
    '"number":-1',
  ],
  ...[
    '"thread":{"id":1,"start":"1"}',
    '"machine":null',
    'tail.',
    'ticket.',
    'spent.',
    'gate',
    'tail.0.',
    '.new',
    '00000000-0000000000000000',
  ],
].map((text) => Buffer.from(text));
