// Where things are in a store. Nothing else joins paths.
// 1. No id leads out of the directory, hides a file, hits a reserved name of Windows, or collides on a disk that
//    ignores case.
// 2. decodeId(encodeId(id)) === id.

import { basename, dirname, join, resolve, sep } from 'node:path';
import type { ConversationStatus } from '@tgstore/schema';
import { StoreError } from './errors.ts';
import { shorten } from './shorten.ts';

/** Leaves room for every suffix and prefix we add to a name, in the 255 bytes that file systems allow. */
const MAX_ENCODED_LENGTH = 200;

/** A conversation file, as its name tells. */
export interface StoredFile {
  /** The id of its conversation. */
  readonly id: string;
  /** As its name says. */
  readonly status: ConversationStatus;
  /** Absolute path. */
  readonly path: string;
  /** Whether the name is the one we would give it; stores of the original carry raw ids in their names. */
  readonly canonical: boolean;
}

/** The paths of one store. */
export class StoreLayout {
  /** Absolute path of the store. */
  readonly directory: string;
  /** What the store keeps beside the conversations; never needed to read them. */
  readonly ownDirectory: string;
  /** Format version and date of creation. */
  readonly storeFile: string;
  /** Where conversations are locked. */
  readonly locksDirectory: string;
  /** Where conversations are on their way from a backup. */
  readonly restoreDirectory: string;
  /** What changed in each conversation, and when. */
  readonly changesDirectory: string;
  /** What was processed, by whom it is being processed, and what failed. */
  readonly stateDirectory: string;
  /** What recovery moved out of the way. */
  readonly quarantineDirectory: string;
  /** All of them, and what they are in. */
  readonly ownDirectories: readonly string[];
  /** {@link directory} and a separator. */
  readonly #prefix: string;

  constructor(directory: string) {
    this.directory = resolve(directory);
    this.ownDirectory = join(this.directory, '.tgstore');
    this.storeFile = join(this.ownDirectory, 'store.json');
    this.locksDirectory = join(this.ownDirectory, 'locks');
    this.restoreDirectory = join(this.ownDirectory, 'restore');
    this.changesDirectory = join(this.ownDirectory, 'changes');
    this.stateDirectory = join(this.ownDirectory, 'state');
    this.quarantineDirectory = join(this.ownDirectory, 'quarantine');
    this.ownDirectories = [
      this.ownDirectory,
      this.locksDirectory,
      this.restoreDirectory,
      this.changesDirectory,
      this.stateDirectory,
      this.quarantineDirectory,
    ];
    this.#prefix = join(this.directory, sep);
  }

  /**
   * The file of a conversation under the name we give it.
   *
   * @throws {@link StoreError} `STORE_INVALID_ID`
   */
  file(id: string, status: ConversationStatus): StoredFile {
    return { id, status, path: this.entry(encodeId(id) + suffix(status)), canonical: true };
  }

  /** As {@link file}, for an id that is an integer: it stands in names as it is. */
  integerFile(id: string, status: ConversationStatus): StoredFile {
    return { id, status, path: this.entry(id + suffix(status)), canonical: true };
  }

  /** The names a conversation may have, in the order of preference: unprocessed first, then ours before the raw one. */
  candidates(id: string): StoredFile[] {
    const files: StoredFile[] = [];
    for (const status of ['unprocessed', 'processed'] as const) {
      if (isEncodable(id)) files.push(this.file(id, status));
      const raw = isRawName(id) ? this.parse(id + suffix(status)) : undefined;
      if (raw?.id === id && !raw.canonical) files.push(raw);
    }
    return files;
  }

  /**
   * What is locked for a conversation: a path that never exists, the same under each status.
   *
   * @throws {@link StoreError} `STORE_INVALID_ID`
   */
  lockPath(id: string): string {
    return join(this.directory, encodeId(id));
  }

  /** The conversation that a {@link lockPath} stands for. */
  lockedId(path: string): string | undefined {
    return dirname(path) === this.directory ? decodeId(basename(path)) : undefined;
  }

  /** What an append leaves while it is in progress; it must be recovered before anything is written. */
  undoRecord(id: string): string {
    return join(this.directory, `.${encodeId(id)}.undo`);
  }

  /** As {@link undoRecord}; `undefined` for the id of a raw name that can have none. */
  undoRecordOf({ id }: StoredFile): string | undefined {
    return isEncodable(id) ? this.undoRecord(id) : undefined;
  }

  /** @throws {@link StoreError} `STORE_INVALID_ID` */
  changesFile(id: string): string {
    return join(this.changesDirectory, `${encodeId(id)}.jsonl`);
  }

  /** @throws {@link StoreError} `STORE_INVALID_ID` */
  stateFile(id: string): string {
    return join(this.stateDirectory, `${encodeId(id)}.json`);
  }

  /** The conversation whose {@link undoRecord} has this name; `undefined` for all other names. */
  idOfUndoRecord(name: string): string | undefined {
    const [, encoded] = /^\.(.+)\.undo$/s.exec(name) ?? [];
    return encoded === undefined ? undefined : decodeId(encoded);
  }

  /** The conversation that a name in {@link changesDirectory} or {@link stateDirectory} stands for. */
  idOfRecord(name: string): string | undefined {
    const [, encoded] = /^(.+)\.jsonl?$/s.exec(name) ?? [];
    return encoded === undefined ? undefined : decodeId(encoded);
  }

  /** The conversation file that a directory entry is; `undefined` for everything else. */
  parse(name: string): StoredFile | undefined {
    const parsed = parseFileName(name);
    return parsed && { ...parsed, path: this.entry(name) };
  }

  /** The path of any entry of the directory. */
  entry(name: string): string {
    return this.#prefix + name;
  }
}

/**
 * The part of the file name that stands for an id: `[a-z0-9@-]` and inner `_` and `.` stay, every other byte of its
 * UTF-8 becomes `~hh`. It is reversible, and the same on every system.
 *
 * @throws {@link StoreError} `STORE_INVALID_ID` for an id that is empty, too long or no well-formed text.
 */
export function encodeId(id: string): string {
  const encoded = isWellFormed(id) ? encode(id) : '';
  if (encoded === '' || encoded.length > MAX_ENCODED_LENGTH) {
    throw new StoreError(
      'STORE_INVALID_ID',
      undefined,
      `${quote(id)} can't be a conversation id: ${reason(id, encoded)}`,
    );
  }
  return encoded;
}

/** The id that {@link encodeId} made this of; `undefined` for text that it never makes. */
export function decodeId(encoded: string): string | undefined {
  if (staysAsItIs(encoded)) return encoded.length <= MAX_ENCODED_LENGTH ? encoded : undefined;
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at += 1) {
    const isEscape = encoded[at] === '~';
    bytes.push(
      isEscape ? Number.parseInt(encoded.slice(at + 1, at + 3), 16) : encoded.charCodeAt(at),
    );
    if (isEscape) at += 2;
  }
  const id = Buffer.from(bytes).toString('utf8');
  return isEncodable(id) && encode(id) === encoded ? id : undefined;
}

function encode(id: string): string {
  return staysAsItIs(id) ? id : encodeBytes(id);
}

function staysAsItIs(id: string): boolean {
  return PLAIN.test(id) && !RESERVED.test(id);
}

function encodeBytes(id: string): string {
  const bytes = Buffer.from(id, 'utf8');
  const reserved = RESERVED.test(id);
  let encoded = '';
  bytes.forEach((byte, index) => {
    const character = String.fromCharCode(byte);
    const inner = index > 0 && index < bytes.length - 1;
    const stays = /[a-z0-9@-]/.test(character) || (inner && /[_.]/.test(character));
    const escaped = !stays || (reserved && index === 0);
    encoded += escaped ? `~${byte.toString(16).padStart(2, '0')}` : character;
  });
  return encoded;
}

function parseFileName(name: string): Omit<StoredFile, 'path'> | undefined {
  const match = /^(.+)_(processed|unprocessed)\.json$/s.exec(name);
  const [, stem, status] = match ?? [];
  if (stem === undefined || stem.startsWith('.')) return undefined;
  const id = decodeId(stem);
  return { id: id ?? stem, status: status as ConversationStatus, canonical: id !== undefined };
}

function suffix(status: ConversationStatus): string {
  return `_${status}.json`;
}

function isEncodable(id: string): boolean {
  return id !== '' && isWellFormed(id) && encode(id).length <= MAX_ENCODED_LENGTH;
}

function isRawName(id: string): boolean {
  return id !== '' && !id.startsWith('.') && !/[/\\\0]/.test(id) && Buffer.byteLength(id) <= 238;
}

function isWellFormed(id: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(id);
}

function reason(id: string, encoded: string): string {
  if (id === '') return 'it is empty';
  if (encoded === '') return 'it is not well-formed Unicode';
  return `its file name would have ${encoded.length} bytes, ${MAX_ENCODED_LENGTH} are allowed; shorten it`;
}

function quote(id: string): string {
  return JSON.stringify(shorten(id, 60));
}

const PLAIN = /^[a-z0-9@-](?:[a-z0-9@._-]*[a-z0-9@-])?$/;
// device names of Windows, with whatever extension
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
