import { createHash } from 'node:crypto';
import { type DataOperation, type Inode, PAGE } from './disk.ts';

export interface Content {
  readonly bytes: Uint8Array;
  readonly hash: string;
}

/** What became of an operation on data, by its index in the recording; whole where nothing is said. */
export type Effects = ReadonlyMap<number, number>;

/** How many ways there are for it to end. */
export function effectsOf({ kind }: DataOperation): number {
  return kind === 'truncate' ? 2 : 4;
}

/** The contents of files after some of the operations on them; each is made once. */
export class Contents {
  readonly #start: ReadonlyMap<Inode, Uint8Array>;
  readonly #known = new Map<string, Content>();

  constructor(start: ReadonlyMap<Inode, Uint8Array>) {
    this.#start = start;
  }

  after(
    inode: Inode,
    operations: readonly (readonly [index: number, operation: DataOperation])[],
    effects: Effects,
  ): Content {
    const options = operations.map(([index]) => effects.get(index) ?? 1);
    const key = `${inode} ${options.join('')}`;
    const known = this.#known.get(key);
    if (known) return known;
    const file = new Growing(this.#start.get(inode) ?? new Uint8Array());
    for (const [index, [, operation]] of operations.entries()) {
      affect(file, operation, options[index] ?? 1);
    }
    const bytes = file.bytes();
    const content = { bytes, hash: createHash('sha1').update(bytes).digest('hex') };
    this.#known.set(key, content);
    return content;
  }
}

/** A file that is written many times. */
class Growing {
  #bytes: Uint8Array;
  #size: number;

  constructor(bytes: Uint8Array) {
    // `slice` of a Buffer is no copy
    this.#bytes = new Uint8Array(bytes);
    this.#size = bytes.length;
  }

  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#size);
  }

  write(position: number, bytes: Uint8Array): void {
    this.resize(Math.max(this.#size, position + bytes.length));
    this.#bytes.set(bytes, position);
  }

  resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = new Uint8Array(2 * size);
      larger.set(this.#bytes.subarray(0, this.#size));
      this.#bytes = larger;
    }
    this.#bytes.fill(0, Math.min(size, this.#size), Math.max(size, this.#size));
    this.#size = size;
  }

  clear(from: number, to: number): void {
    this.#bytes.fill(0, from, Math.min(to, this.#size));
  }
}

function affect(file: Growing, operation: DataOperation, option: number): void {
  if (option === 0) return;
  if (operation.kind === 'truncate') {
    file.resize(operation.size);
    return;
  }
  const { bytes, position } = operation;
  file.write(position, option === 2 ? bytes.subarray(0, bytes.length >> 1) : bytes);
  // the size is there and the page is not, what stood in it before included
  const start = position - (position % PAGE);
  if (option === 3) file.clear(start, start + PAGE);
}
