import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';

export interface TarEntry {
  readonly name: Buffer;
  readonly content: Buffer;
}

const BLOCK = 512;
const CHECKSUM = 148;

/** An archive made by hand, so that it can have what no writer would write. */
export function makeTar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content }) => {
    const header = Buffer.alloc(BLOCK);
    name.copy(header, 0, 0, 100);
    header.write('0000600\0', 100, 'latin1');
    header.write('0000000\0'.repeat(2), 108, 'latin1');
    header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
    header.write('00000000000\0', 136, 'latin1');
    header.write('0', 156, 'latin1');
    header.write('ustar\x0000', 257, 'latin1');
    return [setChecksum(header), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** Makes the checksum right of each block that seems to be a header. */
export function withChecksums(tar: Buffer): Buffer {
  const copy = Buffer.from(tar);
  for (let at = 0; at + BLOCK <= copy.length; at += BLOCK) {
    const block = copy.subarray(at, at + BLOCK);
    if (block.toString('latin1', 257, 262) === 'ustar') setChecksum(block);
  }
  return copy;
}

function setChecksum(block: Buffer): Buffer {
  block.fill(' ', CHECKSUM, CHECKSUM + 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM, 'latin1');
  return block;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
