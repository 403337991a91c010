import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import {
  applyData,
  type DataOperation,
  type Disk,
  type Entry,
  type Inode,
  type NameOperation,
  type Operation,
  PAGE,
  ROOT,
} from './disk.ts';

/** Turns calls that name paths into operations on inodes; what is outside its directory is not recorded. */
export class Recorder {
  operations: Operation[] = [];
  readonly #directory: string;
  readonly #files = new Map<Inode, Uint8Array>();
  readonly #directories = new Map<Inode, Map<string, Inode>>([[ROOT, new Map()]]);
  #next = ROOT + 1;

  /** Takes what is at `existing` for the beginning. */
  constructor(directory: string, existing?: string) {
    this.#directory = directory;
    if (existing !== undefined) this.#take(existing, ROOT, new Map());
  }

  #take(path: string, directory: Inode, known: Map<number, Inode>): void {
    for (const name of readdirSync(path)) {
      const at = join(path, name);
      const stats = lstatSync(at);
      if (!stats.isDirectory() && !stats.isFile()) continue;
      const inode = known.get(stats.ino) ?? this.#next++;
      known.set(stats.ino, inode);
      this.#directories.get(directory)?.set(name, inode);
      if (stats.isFile()) this.#files.set(inode, readFileSync(at));
      else {
        this.#directories.set(inode, new Map());
        this.#take(at, inode, known);
      }
    }
  }

  /** The disk as it is now. */
  disk(): Disk {
    const directories = [...this.#directories].map(
      ([inode, names]) => [inode, new Map(names)] as const,
    );
    return { files: new Map(this.#files), directories: new Map(directories) };
  }

  /** To be called when a sync begins, and its result given to {@link sync} when it has ended. */
  begin(): number {
    return this.operations.length;
  }

  /** The inode at a path; `undefined` outside of the directory and where there is none. */
  find(path: string): Inode | undefined {
    const names = this.#namesOf(path);
    return names?.reduce<Inode | undefined>(
      (inode, name) => (inode === undefined ? undefined : this.#directories.get(inode)?.get(name)),
      ROOT,
    );
  }

  isDirectory(inode: Inode): boolean {
    return this.#directories.has(inode);
  }

  /** The content of a file as the process sees it. */
  bytes(inode: Inode): Uint8Array {
    return this.#files.get(inode) ?? new Uint8Array();
  }

  /** What a call to open that succeeded has opened. */
  open(
    path: string,
    { creates, truncates }: { readonly creates: boolean; readonly truncates: boolean },
  ): Inode | undefined {
    const found = this.find(path);
    if (found !== undefined) {
      if (truncates && this.bytes(found).length > 0) this.truncate(found, 0);
      return found;
    }
    const at = creates ? this.#entry(path) : undefined;
    if (!at) return undefined;
    const inode = this.#next++;
    this.#files.set(inode, new Uint8Array());
    this.#name({ kind: 'name', call: 'create', put: { ...at, inode } });
    return inode;
  }

  write(inode: Inode, position: number, bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length; ) {
      const start = position + done;
      const length = Math.min(bytes.length - done, PAGE - (start % PAGE));
      const part = bytes.slice(done, done + length);
      this.#data({ kind: 'write', inode, position: start, bytes: part });
      done += length;
    }
  }

  truncate(inode: Inode, size: number): void {
    this.#data({ kind: 'truncate', inode, size });
  }

  sync(inode: Inode, begun: number): void {
    this.operations.push({ kind: 'sync', inode, begun });
  }

  mkdir(path: string): void {
    const at = this.#entry(path);
    if (!at) return;
    const inode = this.#next++;
    this.#directories.set(inode, new Map());
    this.#name({ kind: 'name', call: 'mkdir', put: { ...at, inode } });
  }

  link(existing: string, path: string): void {
    const inode = this.find(existing);
    const at = this.#entry(path);
    if (at && inode !== undefined) {
      this.#name({ kind: 'name', call: 'link', put: { ...at, inode } });
    }
  }

  /** What was never seen to come, as a socket, is not seen to go. */
  remove(path: string, call: 'unlink' | 'rmdir'): void {
    const at = this.#entry(path);
    if (at && this.find(path) !== undefined) this.#name({ kind: 'name', call, removed: at });
  }

  rename(from: string, to: string): void {
    const inode = this.find(from);
    const [removed, at] = [this.#entry(from), this.#entry(to)];
    if (!removed || !at || inode === undefined) return;
    this.#name({ kind: 'name', call: 'rename', put: { ...at, inode }, removed });
  }

  promise(): void {
    this.operations.push({ kind: 'promise' });
  }

  #name(operation: NameOperation): void {
    this.operations.push(operation);
    applyName(this.#directories, operation);
  }

  #data(operation: DataOperation): void {
    this.operations.push(operation);
    this.#files.set(operation.inode, applyData(this.bytes(operation.inode), operation));
  }

  #entry(path: string): Entry | undefined {
    const names = this.#namesOf(path);
    const name = names?.at(-1);
    const directory = name === undefined ? undefined : this.find(path.slice(0, -name.length - 1));
    return name === undefined || directory === undefined ? undefined : { directory, name };
  }

  #namesOf(path: string): string[] | undefined {
    const inside = relative(this.#directory, path);
    if (inside === '') return [];
    return inside.startsWith('..') ? undefined : inside.split(sep);
  }
}

/** What a change of names makes of directories. */
export function applyName(
  directories: Map<Inode, Map<string, Inode>>,
  { put, removed }: NameOperation,
): void {
  if (removed) directories.get(removed.directory)?.delete(removed.name);
  if (!put) return;
  const names = directories.get(put.directory) ?? new Map<string, Inode>();
  directories.set(put.directory, names.set(put.name, put.inode));
}
