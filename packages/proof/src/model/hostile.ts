// What nobody would choose as an id or write in a message, and what a store keeps all the same.

import type { Id, Message } from '@tgstore/schema';
import type { Random } from '@tgstore/testkit';

/** Pairs of conversations that must not be taken for each other. */
export const TWINS: readonly (readonly [string, string])[] = [
  ['12345', '-12345'],
  ['ann', 'Ann'],
  ['caf\u00e9', 'cafe\u0301'],
  ['..', '.'],
  ['../../evil', '..\\..\\evil'],
  ['a/b', 'a~2fb'],
  ['con', 'CON'],
  ['nul.txt', 'nul'],
  ['name. ', 'name.'],
  ['\0', ' '],
  ['a\nb', 'a\r\nb'],
  ['😀', '\u{1f601}'],
  ['__proto__', 'constructor'],
  ['-0', '0'],
  ['1e3', '1000'],
  ['12345678901234567890', '12345678901234567891'],
  ['x_processed.json', 'x'],
  ['.tgstore', 'backups'],
  ['.12345.undo', '12345_unprocessed'],
  ['a'.repeat(200), 'a'.repeat(199)],
  ['toString', 'hasOwnProperty'],
  ['\u202egnp.exe', '\u2028'],
];

/** Ids that can be no name; refused, and nothing happens. */
export const REFUSED: readonly string[] = [
  '',
  '\ud800',
  'a\udc00b',
  'A'.repeat(67),
  'x'.repeat(201),
  '\u{1f600}'.repeat(17),
];

export const MESSAGE_IDS: readonly Id[] = [
  ...[1, 2, 3, 4, 5, 6, 7, 8],
  ...[-5, '-0', '1e3', 'a', '__proto__', 'constructor', 'toString', '\u2028', 'nul\0', '\ud800'],
  ...[9_007_199_254_740_993n, 12_345_678_901_234_567_890n, '00012', ' 7', '\u0663'],
];

const TEXTS = [
  ...['', 'x', 'y', 'z', 'line\nbreak', '\u2028\u2029', 'nul\0', '\ud800', 'a\udfffb', '😀'],
  ...['a "},\n"metadata":{', '\\', '\\u0000', '\ufeff', '\u202e', '}\n},\n', '\u007f\u009b'],
];

export function hostileMessage(random: Random, id: Id): Message {
  const day = random.int(1, 9);
  return {
    id,
    sender_id: random.pick(['user1', 'user2']),
    text: random.pick(TEXTS),
    date: '2024-01-01T00:00:00Z',
    edit_date: `2024-02-0${day}T00:00:00Z`,
    ...(random.chance(0.1) && { deleted: true }),
    ...(random.chance(0.2) && { raw_data: random.pick(RAW)() }),
  };
}

/** A value that is so many levels deep. */
export function deep(levels: number): unknown {
  let value: unknown = 'end';
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

const RAW: readonly (() => Record<string, unknown>)[] = [
  () => JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}}}'),
  () => ({ big: 18_446_744_073_709_551_615n, small: -9_223_372_036_854_775_808n }),
  () => ({ huge: Number.MAX_VALUE, tiny: Number.MIN_VALUE, minus: -1e-7 }),
  () => ({ deep: deep(60) }),
  () => ({ '': '', '\ud800': '\udc00', '\u2028': '\0' }),
  () => JSON.parse('{"toJSON":"x","then":"y","length":-1}'),
];
