// The change log of a conversation, `.tgstore/changes/<id>.jsonl`: for each revision a line for every message that was edited or
// deleted, with the message before, a line for every range of messages that were added, and a last line that names the revision.
// 1. It is written under the lock of the conversation, before the content: at most its last entry is of content that never came.
// 2. What was lost by an edit is on the disk before the edit is; additions need not be.
// 3. An entry counts only with its last line, and if it leads from the content before it: where it does not, another program
//    wrote, and everything counts as changed.

import { atomicWrite, type FileHandleLike, syncDirectory, writeAll } from '@tgstore/fs';
import { parseJson } from '@tgstore/schema';
import { type ContentVersion, isSameVersion, isVersion } from './content-version.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { READ_WRITE, readFully } from './file-bytes.ts';
import { notRegular } from './invalid-file.ts';
import type { StoreDirectory } from './store-directory.ts';

/** Messages that stand next to each other in the order of ids; nothing that was there before lies between them. */
export interface IdRange {
  /** The first id that belongs to it. */
  readonly first: string;
  /** The last id that belongs to it. */
  readonly last: string;
}

/** The last line of an entry. */
export interface LoggedRevision extends ContentVersion {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What was done: `append`, `merge`, `save`, … */
  readonly operation: string;
  readonly previous: ContentVersion | null;
  /** Everything counts as changed: the content came from a backup. */
  readonly everything?: boolean | undefined;
  /** Bytes of the lines before this one. */
  readonly bytes: number;
}

/** What is told of each message while new content is written, in the order of ids. */
export interface ChangeRecorder {
  /** `count` messages stay; with 0, that others lie between what was told before and what follows. @default 1 */
  kept(count?: number): void;
  added(key: string): void;
  /** With the JSON of the message before. */
  edited(key: string, before: string): void;
  deleted(key: string, before: string): void;
  /** Waits until what was told is written, as far as it must not pile up in memory. */
  flush(): Promise<void> | undefined;
}

/** How many messages each kind of change was told of. */
export interface ChangeCounts {
  /** Messages that came. */
  readonly added: number;
  /** Messages that are others now. */
  readonly edited: number;
  /** Messages that are gone, or became tombstones. */
  readonly deleted: number;
  /** Messages that came in and were there already, the same. */
  readonly unchanged: number;
}

/** Counts only. */
export class ChangeCounter implements ChangeRecorder {
  readonly counts = { added: 0, edited: 0, deleted: 0, unchanged: 0 };

  kept(count = 1): void {
    this.counts.unchanged += count;
  }

  added(_key: string): void {
    this.counts.added += 1;
  }

  edited(_key: string, _before: string): void {
    this.counts.edited += 1;
  }

  deleted(_key: string, _before: string): void {
    this.counts.deleted += 1;
  }

  flush(): Promise<void> | undefined {
    return undefined;
  }
}

/** The open log: the entry stands from `start` to `end`. */
interface LogFile {
  readonly handle: FileHandleLike;
  readonly start: number;
  end: number;
}

/** Writes one entry; it must be committed or aborted. */
export class ChangeLogWriter extends ChangeCounter {
  readonly #store: StoreDirectory;
  readonly #id: string;
  readonly #current: ContentVersion | undefined;
  readonly #held: HeldGuard;
  readonly #ranges: { first: string; last: string }[] = [];
  #rangeIsOpen = false;
  #pending = '';
  #file: LogFile | undefined;

  /** `current` is the content that the conversation has now; nothing is written before it must be. */
  constructor(
    store: StoreDirectory,
    id: string,
    { current, held }: { readonly current: ContentVersion | undefined; readonly held: HeldGuard },
  ) {
    super();
    this.#store = store;
    this.#id = id;
    this.#current = current;
    this.#held = held;
  }

  override kept(count?: number): void {
    super.kept(count);
    this.#rangeIsOpen = false;
  }

  override added(key: string): void {
    super.added(key);
    const range = this.#rangeIsOpen ? this.#ranges.at(-1) : undefined;
    if (range) range.last = key;
    else this.#ranges.push({ first: key, last: key });
    this.#rangeIsOpen = true;
  }

  override edited(key: string, before: string): void {
    super.edited(key, before);
    this.#rangeIsOpen = false;
    this.#pending += `{"edited":${JSON.stringify(key)},"before":${before}}\n`;
  }

  override deleted(key: string, before: string): void {
    super.deleted(key, before);
    this.#rangeIsOpen = false;
    this.#pending += `{"deleted":${JSON.stringify(key)},"before":${before}}\n`;
  }

  override flush(): Promise<void> | undefined {
    return this.#pending.length < FLUSH_LENGTH ? undefined : this.#writePending();
  }

  /** Completes the entry: `version` is what the conversation will be. Resolves when all that must not be lost is durable. */
  async commit(
    version: ContentVersion,
    { operation, everything }: { readonly operation: string; readonly everything?: boolean },
  ): Promise<void> {
    for (const { first, last } of this.#ranges) {
      this.#pending += `{"added":${JSON.stringify([first, last])}}\n`;
    }
    const file = await this.#open();
    const closing: LoggedRevision = {
      ...version,
      at: new Date().toISOString(),
      operation,
      previous: this.#current ?? null,
      ...(everything && { everything }),
      bytes: file.end - file.start + Buffer.byteLength(this.#pending),
    };
    this.#pending += `${JSON.stringify(closing)}\n`;
    await this.#writePending();
    const { edited, deleted } = this.counts;
    if (edited + deleted > 0 && this.#store.durability === 'full') {
      await file.handle.sync();
      // its name may be as new as an earlier entry of additions, which was not synced
      await syncDirectory(this.#store.layout.changesDirectory, this.#store.io);
    }
    await this.#close();
  }

  /** Takes back what was written. */
  async abort(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    try {
      await file.handle.truncate(file.start);
    } finally {
      await this.#close();
    }
  }

  async #writePending(): Promise<void> {
    if (this.#pending === '') return;
    const bytes = Buffer.from(this.#pending);
    this.#pending = '';
    this.#held.assertHeld();
    const file = await this.#open();
    await writeAll(file.handle, this.#store.layout.changesFile(this.#id), bytes, file.end);
    file.end += bytes.length;
  }

  async #open(): Promise<LogFile> {
    this.#file ??= await this.#openAtEnd();
    return this.#file;
  }

  async #openAtEnd(): Promise<LogFile> {
    const { layout, fileSystem } = this.#store;
    const path = layout.changesFile(this.#id);
    const open = () => fileSystem.open(path, READ_WRITE, MODE);
    let handle = await this.#store.inDirectory(layout.changesDirectory, open);
    try {
      let stats = await handle.stat();
      if (!stats.isFile()) throw notRegular(path);
      // its other name is not ours to change
      if (stats.nlink > 1) {
        await atomicWrite(path, bytesOf(handle), this.#store.io);
        await handle.close();
        handle = await open();
        stats = await handle.stat();
      }
      const { size, mode } = stats;
      // the umask may have taken bits away, another program given some
      if ((mode & 0o777) !== MODE) await handle.chmod(MODE).catch(() => {});
      const end = await findEnd(handle, size, this.#current);
      if (end < size) await handle.truncate(end);
      return { handle, start: end, end };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.handle.close();
  }
}

/**
 * Where the last entry ends that counts: what was begun and not completed is left out, and what leads from the current content
 * to one that never came.
 */
async function findEnd(
  handle: FileHandleLike,
  size: number,
  current: ContentVersion | undefined,
): Promise<number> {
  for await (const { line, start } of linesBackwards(handle, size)) {
    const closing = parseClosing(line);
    if (!closing) continue;
    const neverCame = isSameVersion(closing.previous, current) && !isSameVersion(closing, current);
    const behind = start + line.length + 1;
    if (!neverCame) return behind;
    const begin = start - closing.bytes;
    // a number that another program wrote may lead anywhere
    return (await isLineStart(handle, begin, start)) ? begin : behind;
  }
  return 0;
}

async function* bytesOf(handle: FileHandleLike): AsyncGenerator<Uint8Array> {
  for (let at = 0; ; at += CHUNK_BYTES) {
    const chunk = await readFully(handle, at, at + CHUNK_BYTES);
    yield chunk;
    if (chunk.length < CHUNK_BYTES) return;
  }
}

async function isLineStart(handle: FileHandleLike, at: number, limit: number): Promise<boolean> {
  if (!Number.isInteger(at) || at < 0 || at > limit) return false;
  return at === 0 || (await readFully(handle, at - 1, at))[0] === NEWLINE;
}

/** The line as the last one of an entry; `undefined` for all others and what is torn. */
export function parseClosing(line: Uint8Array): LoggedRevision | undefined {
  // the others begin with another key
  if (Buffer.from(line.subarray(0, CLOSING.length)).toString('latin1') !== CLOSING)
    return undefined;
  try {
    const closing = parseJson(Buffer.from(line).toString('utf8'));
    return isClosing(closing) ? closing : undefined;
  } catch {
    return undefined;
  }
}

function isClosing(value: unknown): value is LoggedRevision {
  if (!isVersion(value)) return false;
  const { at, operation, previous, everything, bytes } = value as Partial<LoggedRevision>;
  return (
    typeof at === 'string' &&
    typeof operation === 'string' &&
    (previous === null || isVersion(previous)) &&
    (everything === undefined || typeof everything === 'boolean') &&
    typeof bytes === 'number'
  );
}

/** The whole lines, the last one first. */
async function* linesBackwards(
  handle: FileHandleLike,
  size: number,
): AsyncGenerator<{ line: Uint8Array; start: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let isWhole = false;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - CHUNK_BYTES);
    rest = Buffer.concat([await readFully(handle, start, end), rest]);
    end = start;
    for (let at = rest.lastIndexOf(NEWLINE); at >= 0; at = rest.lastIndexOf(NEWLINE)) {
      if (isWhole) yield { line: rest.subarray(at + 1), start: start + at + 1 };
      isWhole = true;
      rest = rest.subarray(0, at);
    }
  }
  if (isWhole) yield { line: rest, start: 0 };
}

const CLOSING = '{"revision":';
const MODE = 0o600;
const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;
const FLUSH_LENGTH = 256 * 1024;
