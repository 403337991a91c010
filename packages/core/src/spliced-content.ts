// Changes of a large file where it changes: what lies between them is copied byte by byte, and where only its end changes,
// not even that: it is written in place, under an undo record.

import { appendTail, openTemporary, type TemporaryFile } from '@tgstore/fs';
import { closingLines, updateMetadata } from '@tgstore/schema';
import type { Head } from './content-source.ts';
import type { ConversationFile } from './conversation-file.ts';
import type { HeldGuard } from './conversation-guard.ts';
import { hasCode, StoreError } from './errors.ts';
import type { Splices } from './find-splices.ts';
import type { NewContent } from './new-content.ts';
import type { StoreDirectory } from './store-directory.ts';

export interface SplicedContentOptions {
  readonly id: string;
  /** The content as it is. */
  readonly existing: ConversationFile;
  readonly held: HeldGuard;
}

export class SplicedContent implements NewContent {
  readonly #store: StoreDirectory;
  readonly #options: SplicedContentOptions;
  readonly #splices: Splices;
  /** What takes the place of everything behind the last message. */
  #tail: string[] = [];
  /** The whole content, where it can't be written in place. */
  #file: TemporaryFile | undefined;

  constructor(store: StoreDirectory, splices: Splices, options: SplicedContentOptions) {
    this.#store = store;
    this.#splices = splices;
    this.#options = options;
  }

  get isInPlace(): boolean {
    return this.#file === undefined;
  }

  async close({ metadata, other }: Head): Promise<number> {
    const { splices, lines, summary } = this.#splices;
    const closing = closingLines(updateMetadata(metadata, summary), { other });
    this.#tail = [...splices.map(({ text }) => text), closing];
    if (this.#fitsInPlace(closing)) return lines.span.end + byteLength(this.#tail);
    this.#file = await openTemporary(this.#store.path, this.#store.io);
    await this.#copy(this.#file, closing);
    await this.#file.finish();
    return this.#file.bytesWritten;
  }

  async publish(path: string, { exclusive }: { readonly exclusive: boolean }): Promise<void> {
    if (this.#file) {
      await this.#file.publish(path, { exclusive });
    } else {
      await this.#appendTo(path);
    }
  }

  async discard(): Promise<void> {
    await this.#file?.discard();
  }

  #fitsInPlace(closing: string): boolean {
    const { splices, lines } = this.#splices;
    const { end } = lines.span;
    const isAtEnd = splices.every(({ start }) => start === end);
    const isLarge = end >= this.#store.appendInPlaceFrom;
    // another name of the file, or a long tail, would change or be kept with it
    const isAlone = this.#options.existing.links === 1;
    return isAtEnd && isLarge && isAlone && closing.length < MAX_CLOSING_LENGTH;
  }

  async #copy(file: TemporaryFile, closing: string): Promise<void> {
    const { splices, lines } = this.#splices;
    const last = { start: lines.span.end, end: lines.span.end, text: closing };
    let at = 0;
    for (const { start, end, text } of [...splices, last]) {
      while (at < start) {
        const next = Math.min(start, at + COPIED_AT_A_TIME);
        await file.write(await lines.read(at, next));
        at = next;
      }
      await file.write(text);
      at = end;
    }
  }

  async #appendTo(path: string): Promise<void> {
    const { layout, io } = this.#store;
    const { id, existing, held } = this.#options;
    const { inode: ino, size, modifiedNs: mtimeNs } = existing.identity;
    try {
      await appendTail(path, this.#tail, {
        from: this.#splices.lines.span.end,
        undoPath: layout.undoRecord(id),
        unchangedSince: { ino, size, mtimeNs },
        beforeWrite: () => held.assertHeld(),
        ...io,
      });
    } catch (error) {
      if (!hasCode(error, 'FS_CHANGED')) throw error;
      const message = `another program changed conversation ${id} while messages were added to it; try again`;
      throw new StoreError('STORE_CHANGED', path, message, { cause: error });
    }
  }
}

function byteLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const COPIED_AT_A_TIME = 1024 * 1024;
const MAX_CLOSING_LENGTH = 512 * 1024;
