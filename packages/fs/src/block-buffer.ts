const BLOCK_SIZE = 256 * 1024;
/** Most files are small, and need no more. */
const FIRST_BLOCK_SIZE = 64 * 1024;
/** Code units encoded at once: three bytes each at most, so that a slice always fits into an empty block. */
const SLICE_LENGTH = 16 * 1024;

const encoder = new TextEncoder();

/** Gathers chunks of text and bytes into blocks of at most 256 KiB and hands each to `emit`. */
export class BlockBuffer {
  readonly #emit: (bytes: Uint8Array) => Promise<void>;
  #block = new Uint8Array(0);
  #length = 0;
  /** First half of a character whose second half is in the next chunk of text. */
  #half = '';

  constructor(emit: (bytes: Uint8Array) => Promise<void>) {
    this.#emit = emit;
  }

  /** Bytes held back until the block is full. */
  get length(): number {
    return this.#length;
  }

  async add(chunk: string | Uint8Array): Promise<void> {
    if (typeof chunk === 'string') {
      const text = this.#half + chunk;
      const end = endOfSlice(text, text.length);
      this.#half = text.slice(end);
      await this.#addText(text, end);
    } else {
      await this.#endText();
      await this.#addBytes(chunk);
    }
  }

  /** Hands over what is held back. */
  async flush(): Promise<void> {
    await this.#endText();
    await this.#emitBlock();
    this.#block = new Uint8Array(0);
  }

  async #endText(): Promise<void> {
    const half = this.#half;
    this.#half = '';
    await this.#addText(half, half.length);
  }

  async #addText(text: string, end: number): Promise<void> {
    for (let start = 0; start < end; ) {
      const next = start + SLICE_LENGTH < end ? endOfSlice(text, start + SLICE_LENGTH) : end;
      const slice = text.slice(start, next);
      const most = slice.length * 3;
      if (this.#room(most).length < most) await this.#emitBlock();
      this.#length += encoder.encodeInto(slice, this.#room(most)).written;
      start = next;
    }
  }

  async #addBytes(bytes: Uint8Array): Promise<void> {
    for (let start = 0; start < bytes.length; ) {
      if (this.#length === 0 && bytes.length - start >= BLOCK_SIZE) {
        await this.#emit(bytes.subarray(start, start + BLOCK_SIZE));
        start += BLOCK_SIZE;
        continue;
      }
      // one more, so that only a block of full size is ever filled
      const room = this.#room(bytes.length - start + 1);
      const part = bytes.subarray(start, start + room.length);
      room.set(part);
      this.#length += part.length;
      start += part.length;
      if (part.length === room.length) await this.#emitBlock();
    }
  }

  /** What is free of the block, which grows where it has not its full size and less than `wanted` is free. */
  #room(wanted: number): Uint8Array {
    if (this.#block.length < BLOCK_SIZE && this.#block.length - this.#length < wanted) {
      const isFirst = this.#block.length === 0 && wanted <= FIRST_BLOCK_SIZE;
      const block = new Uint8Array(isFirst ? FIRST_BLOCK_SIZE : BLOCK_SIZE);
      block.set(this.#block.subarray(0, this.#length));
      this.#block = block;
    }
    return this.#block.subarray(this.#length);
  }

  async #emitBlock(): Promise<void> {
    if (this.#length === 0) return;
    await this.#emit(this.#block.subarray(0, this.#length));
    this.#length = 0;
  }
}

/** `end`, or one less where it would part the two halves of a character. */
function endOfSlice(text: string, end: number): number {
  const last = text.charCodeAt(end - 1);
  return last >= 0xd800 && last <= 0xdbff ? end - 1 : end;
}
