import { type FSWatcher, watch as watchPath } from 'node:fs';
import { basename } from 'node:path';

/** Something happened in a directory. */
export interface DirectoryEvent {
  /** The entry; without it, anything may have changed, or the watcher is dead. */
  readonly name?: string | undefined;
  /** Whether the entry came or went, rather than changed. */
  readonly moved?: boolean | undefined;
}

/** Tells of events in a directory until it is closed. Throws where it can't watch. */
export type WatchDirectory = (
  directory: string,
  onEvent: (event: DirectoryEvent) => void,
) => Pick<FSWatcher, 'close'>;

/** `fs.watch`; it keeps no process alive. */
export const watchDirectory: WatchDirectory = (directory, onEvent) => {
  const watcher = watchPath(directory, { persistent: false });
  watcher.on('change', (type, name) =>
    onEvent({ name: name?.toString() || undefined, moved: type === 'rename' }),
  );
  watcher.on('error', () => onEvent({}));
  return watcher;
};

/**
 * The entries of a directory that may have changed since they were last taken. Only hints: events get lost where the
 * queue of the system overflows, and never come where there is nothing to watch, or from a network disk.
 */
export class DirectoryEvents {
  readonly #directory: string;
  readonly #watch: WatchDirectory;
  readonly #keyOf: (name: string) => string | undefined;
  #watcher: Pick<FSWatcher, 'close'> | undefined;
  #keys = new Map<string, { moved: boolean }>();
  #missedSome = false;
  #wake: () => void = () => {};

  /** `keyOf` gives what an entry counts as; `undefined` for one that does not count. */
  constructor(
    directory: string,
    watch: WatchDirectory,
    keyOf: (name: string) => string | undefined,
  ) {
    this.#directory = directory;
    this.#watch = watch;
    this.#keyOf = keyOf;
  }

  /** Whether more than the keys at hand may have changed. */
  get missedSome(): boolean {
    return this.#missedSome;
  }

  /** Watches anew: the last watcher may be dead, or watch a directory that is elsewhere by now. */
  renew(): void {
    const last = this.#watcher;
    this.#watcher = undefined;
    try {
      this.#watcher = this.#watch(this.#directory, (event) => this.#note(event));
    } catch {
      // no directory yet, or no more watches allowed: who relies on time as well still finds all
    }
    last?.close();
  }

  /** The keys of the events since the last call. */
  take(): Map<string, { moved: boolean }> {
    const keys = this.#keys;
    this.#keys = new Map();
    return keys;
  }

  /** Whatever was missed is about to be looked for. */
  forgetMissed(): void {
    this.#missedSome = false;
  }

  /** Resolves at the next event, after a time, or when `signal` is aborted. */
  async wait(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#keys.size > 0 || signal?.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, Math.min(timeoutMs, LONGEST_TIMER_MS));
      signal?.addEventListener('abort', this.#wake);
    });
    clearTimeout(timer);
    signal?.removeEventListener('abort', this.#wake);
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  #note({ name, moved = false }: DirectoryEvent): void {
    // events of the directory itself, moved or removed, come under its own name
    const isUnclear = name === undefined || name === basename(this.#directory);
    const key = name === undefined ? undefined : this.#keyOf(name);
    if (isUnclear) this.#missedSome = true;
    if (key !== undefined) {
      this.#keys.set(key, { moved: moved || this.#keys.get(key)?.moved === true });
    }
    if (isUnclear || key !== undefined) this.#wake();
  }
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
