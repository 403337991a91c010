/** Bits of a JPEG's picture, the highest first. */
export class BitWriter {
  readonly #bytes: number[] = [];
  #pending = 0;
  #count = 0;

  write(value: number, length: number): void {
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      this.#pending = (this.#pending << 1) | ((value >> bit) & 1);
      this.#count += 1;
      if (this.#count === 8) this.#push();
    }
  }

  /** Fills the last byte. */
  finish(): Uint8Array {
    while (this.#count > 0) this.write(1, 1);
    return Uint8Array.from(this.#bytes);
  }

  #push(): void {
    this.#bytes.push(this.#pending);
    // a byte of ones begins a marker; a zero after it says that it is none
    if (this.#pending === 255) this.#bytes.push(0);
    this.#pending = 0;
    this.#count = 0;
  }
}
