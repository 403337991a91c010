import { openSync, readFileSync, writeSync } from 'node:fs';

/**
 * Appends lines to a file that many processes write: the order of its lines is the order of their writes, and what was written
 * stays when the writer is killed.
 */
export function lineWriter(path: string): (line: object) => void {
  const file = openSync(path, 'a');
  return (line) => {
    const text = `${JSON.stringify(line)}\n`;
    // a part of a line would be glued to that of another process
    if (writeSync(file, text) !== Buffer.byteLength(text))
      throw new Error(`${path}: a short write`);
  };
}

export function readLines<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line) as T);
}
