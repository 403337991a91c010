import { Buffer } from 'node:buffer';
import { createRandom, type Random } from '@tgstore/testkit';
import { type Place, placesIn } from './json-places.ts';
import { anyBytes, anyKey, anyValue } from './tokens.ts';

/** What mutations may draw on. */
export interface Material {
  /** Other files of the kind, to take parts from. */
  readonly corpus: readonly Buffer[];
  /** What has a meaning in files of this kind. */
  readonly dictionary: readonly Buffer[];
  /** Whether the files are JSON, whose structure is changed then, too. */
  readonly isJson: boolean;
}

/** One change of some bytes; the same for the same seed. */
export function mutate(bytes: Buffer, seed: number, material: Material): Buffer {
  const random = createRandom(seed);
  const isStructured = material.isJson && random.chance(0.65);
  const changed = isStructured ? mutateJson(bytes, random, material) : undefined;
  return changed ?? random.pick(BYTE_CHANGES)(bytes, random, material);
}

type ByteChange = (bytes: Buffer, random: Random, material: Material) => Buffer;

const BYTE_CHANGES: readonly ByteChange[] = [
  function flipBits(bytes, random) {
    const copy = Buffer.from(bytes);
    for (let count = random.pick([1, 1, 1, 2, 8]); count > 0 && copy.length > 0; count -= 1) {
      const at = random.int(0, copy.length - 1);
      copy[at] = (copy[at] ?? 0) ^ (1 << random.int(0, 7));
    }
    return copy;
  },
  function setByte(bytes, random) {
    const copy = Buffer.from(bytes);
    if (copy.length > 0) copy[random.int(0, copy.length - 1)] = random.int(0, 255);
    return copy;
  },
  function overwrite(bytes, random, { dictionary }) {
    const at = random.int(0, bytes.length);
    const token = anyBytes(random, dictionary);
    return splice(bytes, { start: at, end: at + token.length }, token);
  },
  function insert(bytes, random, { dictionary }) {
    const at = random.int(0, bytes.length);
    return splice(bytes, { start: at, end: at }, anyBytes(random, dictionary));
  },
  function insertValue(bytes, random) {
    const at = random.int(0, bytes.length);
    return splice(bytes, { start: at, end: at }, anyValue(random));
  },
  function remove(bytes, random) {
    return splice(bytes, range(bytes, random), Buffer.alloc(0));
  },
  function duplicate(bytes, random) {
    const { start, end } = range(bytes, random);
    return splice(bytes, { start: end, end }, bytes.subarray(start, end));
  },
  function move(bytes, random) {
    const { start, end } = range(bytes, random);
    const rest = splice(bytes, { start, end }, Buffer.alloc(0));
    const at = random.int(0, rest.length);
    return splice(rest, { start: at, end: at }, bytes.subarray(start, end));
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.int(0, bytes.length));
  },
  function zeroPage(bytes, random) {
    const copy = Buffer.from(bytes);
    const page = random.pick([16, 512, 4096]);
    const start = random.int(0, Math.floor(copy.length / page)) * page;
    return copy.fill(0, start, Math.min(copy.length, start + page));
  },
  function spliceOther(bytes, random, { corpus }) {
    const other = random.pick(corpus);
    const { start, end } = range(other, random);
    return splice(bytes, range(bytes, random), other.subarray(start, end));
  },
  function append(bytes, random, { dictionary }) {
    return Buffer.concat([bytes, anyBytes(random, dictionary)]);
  },
];

/** `undefined` where there is no JSON in it. */
function mutateJson(bytes: Buffer, random: Random, { dictionary }: Material): Buffer | undefined {
  const { values, keys, members } = placesIn(bytes);
  const [value, member] = [pickOf(values, random), pickOf(members, random)];
  if (!value || !member) return undefined;
  const text = ({ start, end }: Place): Buffer => bytes.subarray(start, end);
  const comma = Buffer.from(random.chance(0.8) ? ',' : ',\n');
  // of a key that stands twice, most readers take the last
  const isBefore = random.chance(0.5);
  const beside = (more: Buffer): Buffer => {
    const at = isBefore ? member.start : member.end;
    const added = isBefore ? [more, comma] : [comma, more];
    return splice(bytes, { start: at, end: at }, Buffer.concat(added));
  };
  switch (random.int(0, 7)) {
    case 0:
      return splice(bytes, random.pick(keys), anyKey(random));
    case 1:
      return splice(bytes, random.pick(keys), text(random.pick(keys)));
    case 2:
      return splice(bytes, value, text(random.pick(values)));
    case 3:
      return splice(bytes, withComma(bytes, member), Buffer.alloc(0));
    case 4: {
      // a key twice: with its value, with that of another, or with any
      const again = random.pick([member, random.pick(members)]);
      return beside(text(again));
    }
    case 5: {
      const name = text(member).subarray(0, text(member).indexOf(':') + 1);
      return beside(Buffer.concat([name, anyValue(random)]));
    }
    case 6: {
      const words = dictionary.filter((word) => /^".*":/.test(word.toString('latin1')));
      if (words.length === 0) return undefined;
      return beside(random.pick(words));
    }
    default:
      return splice(bytes, value, anyValue(random));
  }
}

/** Small values more often than what they stand in: else most of the file would be gone each time. */
function pickOf(places: readonly Place[], random: Random): Place | undefined {
  if (places.length === 0) return undefined;
  const [one, other] = [random.pick(places), random.pick(places)];
  return one.end - one.start < other.end - other.start ? one : other;
}

function withComma(bytes: Buffer, { start, end }: Place): Place {
  return { start, end: bytes[end] === COMMA ? end + 1 : end };
}

function range(bytes: Buffer, random: Random): Place {
  const length = Math.min(bytes.length, random.pick([1, 2, 4, 16, 64, 512, 4096]));
  const start = random.int(0, bytes.length - length);
  return { start, end: start + random.int(0, length) };
}

function splice(bytes: Buffer, { start, end }: Place, middle: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)]);
}

const COMMA = 0x2c;
