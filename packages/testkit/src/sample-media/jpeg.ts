import { BitWriter } from './bit-writer.ts';

/** The colour of a pixel: red, green, blue, each from 0 to 255. */
export type Paint = (x: number, y: number) => readonly [number, number, number];

/**
 * A baseline JPEG without subsampling. Its code tables are made for soft pictures: an end of block costs one bit, everything
 * else nine, so there is nothing to look up.
 */
export function encodeJpeg(width: number, height: number, paint: Paint): Uint8Array {
  const bits = new BitWriter();
  const last = [0, 0, 0];
  for (let top = 0; top < height; top += 8) {
    for (let left = 0; left < width; left += 8) {
      const planes = readBlock(left, top, width, height, paint);
      planes.forEach((plane, index) => {
        last[index] = writeBlock(bits, plane, last[index] ?? 0);
      });
    }
  }
  return Buffer.concat([header(width, height), bits.finish(), Buffer.from([0xff, 0xd9])]);
}

/** Brightness and the two differences of colour of eight by eight pixels. */
function readBlock(left: number, top: number, width: number, height: number, paint: Paint) {
  const planes = [new Float64Array(64), new Float64Array(64), new Float64Array(64)] as const;
  for (let index = 0; index < 64; index += 1) {
    const x = Math.min(left + (index % 8), width - 1);
    const y = Math.min(top + (index >> 3), height - 1);
    const [red, green, blue] = paint(x, y);
    const brightness = 0.299 * red + 0.587 * green + 0.114 * blue;
    planes[0][index] = brightness - 128;
    planes[1][index] = (blue - brightness) / 1.772;
    planes[2][index] = (red - brightness) / 1.402;
  }
  return planes;
}

/** @returns the mean, from which that of the next block is told */
function writeBlock(bits: BitWriter, plane: Float64Array, previous: number): number {
  const values = quantized(plane);
  const mean = values[0] ?? 0;
  const size = sizeOf(mean - previous);
  bits.write(size, MEAN_BITS);
  writeNumber(bits, mean - previous, size);
  let zeros = 0;
  for (let index = 1; index < 64; index += 1) {
    const value = values[index] ?? 0;
    if (value === 0) {
      zeros += 1;
      continue;
    }
    for (; zeros > 15; zeros -= 16) writeSymbol(bits, SIXTEEN_ZEROS);
    writeSymbol(bits, (zeros << 4) | sizeOf(value));
    writeNumber(bits, value, sizeOf(value));
    zeros = 0;
  }
  if (zeros > 0) bits.write(0, 1);
  return mean;
}

function writeSymbol(bits: BitWriter, symbol: number): void {
  bits.write(0b1_0000_0000 + SYMBOLS.indexOf(symbol), 9);
}

/** How many bits a number takes without its sign. */
function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

function writeNumber(bits: BitWriter, value: number, size: number): void {
  bits.write(value < 0 ? value + (1 << size) - 1 : value, size);
}

/** The frequencies of a block, coarser the higher they are, in the order of the file. */
function quantized(plane: Float64Array): number[] {
  const rows = transform(transform(plane));
  return ZIGZAG.map((place, index) => Math.round((rows[place] ?? 0) / (STEPS[index] ?? 1)));
}

/** A cosine transform of each row; the result is turned, so that twice does rows and columns. */
function transform(plane: Float64Array): Float64Array {
  const result = new Float64Array(64);
  for (let row = 0; row < 8; row += 1) {
    for (let frequency = 0; frequency < 8; frequency += 1) {
      let sum = 0;
      for (let x = 0; x < 8; x += 1) {
        sum += (plane[row * 8 + x] ?? 0) * (COSINES[frequency * 8 + x] ?? 0);
      }
      result[frequency * 8 + row] = sum;
    }
  }
  return result;
}

function header(width: number, height: number): Buffer {
  const meanSymbols = Array.from({ length: 12 }, (_, index) => index);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xdb, [0, ...STEPS]),
    segment(0xc0, [8, height >> 8, height & 255, width >> 8, width & 255, 3, ...components]),
    // how many codes there are of each length, then what they stand for
    segment(0xc4, [0x00, ...lengths({ [MEAN_BITS]: 12 }), ...meanSymbols]),
    segment(0xc4, [0x10, ...lengths({ 1: 1, 9: SYMBOLS.length }), END_OF_BLOCK, ...SYMBOLS]),
    segment(0xda, [3, 1, 0, 2, 0, 3, 0, 0, 63, 0]),
  ]);
}

function segment(marker: number, content: readonly number[]): Buffer {
  const size = content.length + 2;
  return Buffer.from([0xff, marker, size >> 8, size & 255, ...content]);
}

function lengths(counts: Readonly<Record<number, number>>): number[] {
  return Array.from({ length: 16 }, (_, index) => counts[index + 1] ?? 0);
}

const MEAN_BITS = 4;
const END_OF_BLOCK = 0x00;
const SIXTEEN_ZEROS = 0xf0;

/** Every number of zeros with every size of what follows. */
const SYMBOLS: readonly number[] = [
  SIXTEEN_ZEROS,
  ...Array.from({ length: 160 }, (_, index) => (Math.floor(index / 10) << 4) | ((index % 10) + 1)),
];

/** The places of a block by diagonals, each run through against the direction of the one before. */
const ZIGZAG: readonly number[] = Array.from({ length: 64 }, (_, place) => place).sort((a, b) => {
  const [diagonalA, diagonalB] = [(a >> 3) + (a % 8), (b >> 3) + (b % 8)];
  if (diagonalA !== diagonalB) return diagonalA - diagonalB;
  return diagonalA % 2 === 0 ? (a % 8) - (b % 8) : (b % 8) - (a % 8);
});

const STEPS: readonly number[] = ZIGZAG.map((place) => 4 + 2 * ((place >> 3) + (place % 8)));

const COSINES: readonly number[] = Array.from({ length: 64 }, (_, index) => {
  const frequency = index >> 3;
  const scale = frequency === 0 ? Math.SQRT1_2 / 2 : 0.5;
  return scale * Math.cos(((2 * (index % 8) + 1) * frequency * Math.PI) / 16);
});

/** Three components of full size, all with table 0. */
const components = [1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
