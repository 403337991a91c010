// Files that messages name. A name comes from an export, which anybody may have written:
// 1. Only regular files below the directories that were named at the start are found, wherever links in them lead.
// 2. An address is good for the file of one message alone: its key can't be made without the secret of this run.

import { createHmac, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isSame } from './guard.ts';

/** The address of a message's file; `undefined` where there is none. */
export type FindFile = (
  mediaPath: string,
  conversationId: string,
  messageId: string,
) => Promise<string | undefined>;

export class MediaFiles {
  readonly #directories: readonly string[];
  readonly #secret = randomBytes(32);

  constructor(directories: readonly string[]) {
    this.#directories = directories.map((directory) => resolve(directory));
  }

  /** For the messages of one answer: each path is looked for once. */
  finder(): FindFile {
    const found = new Map<string, Promise<boolean>>();
    return async (mediaPath, conversationId, messageId) => {
      const known = found.get(mediaPath) ?? this.#isThere(mediaPath);
      found.set(mediaPath, known);
      if (!(await known)) return undefined;
      const parts = [conversationId, messageId].map(encodeURIComponent);
      return `/media/${parts.join('/')}?key=${this.#keyOf(conversationId, messageId)}`;
    };
  }

  isKey(key: string, conversationId: string, messageId: string): boolean {
    return isSame(Buffer.from(key), Buffer.from(this.#keyOf(conversationId, messageId)));
  }

  /** Opens a file that a message names. */
  async open(mediaPath: string): Promise<FileHandle | undefined> {
    for (const directory of this.#directories) {
      const path = await findBelow(directory, mediaPath);
      const handle = path === undefined ? undefined : await openRegular(path);
      if (handle) return handle;
    }
    return undefined;
  }

  async #isThere(mediaPath: string): Promise<boolean> {
    const handle = await this.open(mediaPath);
    await handle?.close();
    return handle !== undefined;
  }

  #keyOf(conversationId: string, messageId: string): string {
    // JSON keeps the two apart
    const text = JSON.stringify([conversationId, messageId]);
    return createHmac('sha256', this.#secret).update(text).digest('base64url');
  }
}

/** The real path of what is named, if it lies below the real directory and no part of its name is hidden. */
async function findBelow(directory: string, mediaPath: string): Promise<string | undefined> {
  const parts = mediaPath.split(/[/\\]/);
  if (mediaPath.includes('\0') || parts.some((part) => /^\.[^.]|^\.\.$|^$/.test(part)))
    return undefined;
  try {
    const root = await realpath(directory);
    const path = await realpath(join(root, ...parts));
    return path.startsWith(root.endsWith(sep) ? root : root + sep) ? path : undefined;
  } catch {
    // not there, or not for us
    return undefined;
  }
}

async function openRegular(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, READ_ONLY);
    if ((await handle.stat()).isFile()) return handle;
  } catch {
    // it went since
  }
  await handle?.close();
  return undefined;
}

// neither waits for a FIFO nor follows a link that took the place of the file
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
