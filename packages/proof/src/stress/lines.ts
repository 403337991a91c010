import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * Appends lines to a file that many processes write: the order of its lines is the order of their writes, and what was written
 * stays when the writer is killed.
 */
export function lineWriter<T extends object>(path: string): (line: T) => void {
  const file = openSync(path, 'a');
  return (line) => {
    const text = `${JSON.stringify(line)}\n`;
    // a part of a line would be glued to that of another process
    if (writeSync(file, text) !== Buffer.byteLength(text))
      throw new Error(`${path}: a short write`);
  };
}

/** Reads the lines of such a file that came since the last time. */
export class LineReader<T> implements Disposable {
  readonly #file: number;
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  *next(): Generator<T> {
    const chunk = Buffer.alloc(1024 * 1024);
    for (;;) {
      const length = readSync(this.#file, chunk, 0, chunk.length, this.#position);
      if (length === 0) return;
      this.#position += length;
      const bytes = Buffer.concat([this.#rest, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf('\n') + 1;
      this.#rest = bytes.subarray(end);
      for (const line of bytes.toString('utf8', 0, end).split('\n')) {
        if (line !== '') yield JSON.parse(line) as T;
      }
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}
