import type { Random } from '@tgstore/testkit';

/** Bytes of which a few are lost, changed, doubled or moved; and how, in words by which it can be done again. */
export interface Damaged {
  readonly bytes: Uint8Array;
  readonly how: string;
}

export function damage(bytes: Uint8Array, random: Random): Damaged {
  const at = random.int(0, bytes.length - 1);
  const length = Math.min(bytes.length - at, random.pick([1, 1, 2, 8, 40, 200]));
  const end = at + length;
  const around = (...middle: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat([bytes.subarray(0, at), ...middle, bytes.subarray(end)]);
  const piece = bytes.subarray(at, end);
  switch (random.int(0, 6)) {
    case 0:
      return { bytes: bytes.subarray(0, at), how: `cut at ${at}` };
    case 1:
      return { bytes: around(), how: `${length} bytes lost at ${at}` };
    case 2:
      return { bytes: around(piece, piece), how: `${length} bytes doubled at ${at}` };
    case 3: {
      const byte = random.int(0, 255);
      return { bytes: around(Uint8Array.of(byte)), how: `${length} bytes at ${at} become ${byte}` };
    }
    case 4: {
      const text = random.pick(SPLINTERS);
      return { bytes: around(Buffer.from(text)), how: `${length} bytes at ${at} become ${text}` };
    }
    case 5:
      return toSeparator(bytes, at, random);
    default: {
      const to = random.int(0, at);
      const moved = Buffer.concat([
        bytes.subarray(0, to),
        piece,
        bytes.subarray(to, at),
        bytes.subarray(end),
      ]);
      return { bytes: moved, how: `${length} bytes moved from ${at} to ${to}` };
    }
  }
}

/** Loses all from a place to behind a mark of JSON, so that what remains fits together more often: a text where an id was. */
function toSeparator(bytes: Uint8Array, at: number, random: Random): Damaged {
  const marks = ['"', ':', ',', ':"', '","', '{', '\n'].map((mark) => Buffer.from(mark));
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const from = buffer.indexOf(random.pick(marks), at);
  const to = buffer.indexOf(random.pick(marks), from + 1);
  if (from < 0 || to < 0) return { bytes: bytes.subarray(0, at), how: `cut at ${at}` };
  const left = Buffer.concat([buffer.subarray(0, from), buffer.subarray(to)]);
  return { bytes: left, how: `${to - from} bytes lost at ${from}` };
}

const SPLINTERS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '7',
  '1e999',
  '\\',
  '\\x',
  'undefined',
  '\n',
  '-',
  'true',
  '0'.repeat(30),
];
