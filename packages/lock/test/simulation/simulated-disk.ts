import { DONE, type Outcome } from './call.ts';

/** What a call changed; a call can report an error and have changed something all the same. */
export type Change =
  | { readonly kind: 'create' | 'unlink'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly path: string; readonly to: string };

interface Entry {
  /** `undefined` for a directory. */
  readonly text: string | undefined;
  /** The process that made it. */
  readonly maker: number;
}

/** Directories and files by the rules of POSIX; every call takes effect at once. */
export class SimulatedDisk {
  readonly #entries: Map<string, Entry>;
  /** What the calls changed since this was emptied. */
  changes: Change[] = [];

  constructor(entries: Iterable<[string, Entry]> = [['locks', { text: undefined, maker: 0 }]]) {
    this.#entries = new Map(entries);
  }

  clone(): SimulatedDisk {
    return new SimulatedDisk(this.#entries);
  }

  has(path: string): boolean {
    return this.#entries.has(path);
  }

  /** Text of a file. */
  textOf(path: string): string | undefined {
    return this.#entries.get(path)?.text;
  }

  makerOf(path: string): Outcome {
    const entry = this.#entries.get(path);
    return entry ? { value: entry.maker } : MISSING;
  }

  /** Names in a directory, sorted. */
  namesIn(directory: string): string[] {
    const prefix = `${directory}/`;
    const names: string[] = [];
    for (const path of this.#entries.keys()) {
      if (path.startsWith(prefix) && !path.includes('/', prefix.length)) {
        names.push(path.slice(prefix.length));
      }
    }
    return names.sort();
  }

  list(directory: string): Outcome {
    const entry = this.#entries.get(directory);
    if (!entry) return MISSING;
    return entry.text === undefined ? { value: this.namesIn(directory) } : { code: 'ENOTDIR' };
  }

  read(path: string): Outcome {
    const entry = this.#entries.get(path);
    if (!entry) return MISSING;
    return entry.text === undefined ? { code: 'EISDIR' } : { value: entry.text };
  }

  create(path: string, text: string | undefined, maker: number): Outcome {
    if (this.#entries.has(path)) return EXISTS;
    if (!this.#hasParent(path)) return MISSING;
    this.#entries.set(path, { text, maker });
    this.changes.push({ kind: 'create', path });
    return DONE;
  }

  link(path: string, to: string): Outcome {
    const entry = this.#entries.get(path);
    if (!entry || !this.#hasParent(to)) return MISSING;
    if (this.#entries.has(to)) return EXISTS;
    this.#entries.set(to, entry);
    this.changes.push({ kind: 'link', path, to });
    return DONE;
  }

  unlink(path: string): Outcome {
    const entry = this.#entries.get(path);
    if (!entry) return MISSING;
    if (entry.text === undefined) return { code: 'EISDIR' };
    this.#entries.delete(path);
    this.changes.push({ kind: 'unlink', path });
    return DONE;
  }

  removeDirectory(path: string): Outcome {
    const entry = this.#entries.get(path);
    if (!entry) return MISSING;
    if (entry.text !== undefined) return { code: 'ENOTDIR' };
    if (this.#isFilled(path)) return NOT_EMPTY;
    this.#entries.delete(path);
    this.changes.push({ kind: 'unlink', path });
    return DONE;
  }

  rename(path: string, to: string): Outcome {
    const entry = this.#entries.get(path);
    if (!entry || !this.#hasParent(to)) return MISSING;
    const replaced = this.#entries.get(to);
    const isDirectory = entry.text === undefined;
    if (replaced) {
      if (isDirectory !== (replaced.text === undefined)) {
        return { code: isDirectory ? 'ENOTDIR' : 'EISDIR' };
      }
      if (isDirectory && this.#isFilled(to)) return NOT_EMPTY;
    }
    this.#entries.delete(path);
    this.#entries.set(to, entry);
    if (isDirectory) this.#moveContents(path, to);
    this.changes.push({ kind: 'rename', path, to });
    return DONE;
  }

  /** Everything on the disk, the same for the same state; `shorten` may give each text a shorter name. */
  snapshot(shorten: (text: string) => string): string {
    const lines: string[] = [];
    for (const [path, { text, maker }] of this.#entries) {
      lines.push(`${path} ${maker} ${text === undefined ? '/' : shorten(text)}`);
    }
    return lines.sort().join('\n');
  }

  #moveContents(path: string, to: string): void {
    for (const [inner, entry] of [...this.#entries]) {
      if (!inner.startsWith(`${path}/`)) continue;
      this.#entries.delete(inner);
      this.#entries.set(to + inner.slice(path.length), entry);
    }
  }

  #hasParent(path: string): boolean {
    const parent = this.#entries.get(path.slice(0, path.lastIndexOf('/')));
    return parent !== undefined && parent.text === undefined;
  }

  #isFilled(directory: string): boolean {
    for (const path of this.#entries.keys()) if (path.startsWith(`${directory}/`)) return true;
    return false;
  }
}

const MISSING: Outcome = { code: 'ENOENT' };
const EXISTS: Outcome = { code: 'EEXIST' };
const NOT_EMPTY: Outcome = { code: 'ENOTEMPTY' };
