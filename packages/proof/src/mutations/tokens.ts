import { Buffer } from 'node:buffer';
import type { Random } from '@tgstore/testkit';

/** Values that stand where others were expected; as JSON text. */
const VALUES: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '{}',
    '[]',
    '""',
    '0',
    '-0',
    '-1',
    '1.5',
    '1e308',
    '1e999',
    '-1e999',
  ],
  ...['1e-400', '9007199254740993', '-9007199254740993', '18446744073709551616'],
  ...['12345678901234567890', '99999999999999999999999999', '1E400', '0.1e1', '1e20', '4294967296'],
  ...['NaN', 'Infinity', '-Infinity', 'undefined', '01', '+1', '.5', '1.', '0x10', "'a'"],
  ...['"__proto__"', '"constructor"', '"toString"', '"valueOf"', '"hasOwnProperty"', '"length"'],
  ...[
    '"\\ud800"',
    '"\\udc00\\ud800"',
    '"\\u0000"',
    '"\\u2028"',
    '"\\u0080"',
    '"\\ufeff"',
    '"\\uFFFF"',
  ],
  ...[
    '"../../../evil"',
    '"/etc/passwd"',
    '"C:\\\\evil"',
    '"..\\\\evil"',
    '"con"',
    '"~2e~2e~2f"',
    '"a\\u0000b"',
  ],
  ...[
    '"2024-02-30T00:00:00Z"',
    '"9999-99-99T99:99:99Z"',
    '"+275760-09-13T00:00:00Z"',
    '"1"',
    '"-1"',
  ],
  ...['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'],
  ...[
    '{"toString":1,"valueOf":1}',
    '{"then":1}',
    '{"length":-1}',
    '{"toJSON":1}',
    '[null]',
    '[[]]',
  ],
  ...[
    '{"valueOf":null,"toString":null}',
    '"\\ud83d"',
    '"e\\u0301"',
    '1e1000000000',
    '-9223372036854775809',
  ],
];

/** Keys in the place of others; as JSON text. */
const KEYS: readonly string[] = [
  ...['"__proto__"', '"constructor"', '"prototype"', '"toString"', '"valueOf"', '"hasOwnProperty"'],
  ...[
    '""',
    '"\\u0000"',
    '"\\ud800"',
    '"\\u005f_proto__"',
    '"messages"',
    '"metadata"',
    '"id"',
    '"other"',
  ],
  ...[
    '"-0"',
    '"01"',
    '"1e3"',
    '"9007199254740993"',
    '"12345678901234567890"',
    '"-5"',
    '"length"',
    '"0"',
  ],
  ...['"then"', '"toJSON"', '"schema_version"', '"conversation_id"', '"101"', '"102"'],
];

/** Bytes that mean something to a parser of text, anywhere. */
const BYTES: readonly Buffer[] = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\0',
    '\t',
    ',',
    '{',
    '}',
    '[',
    ']',
    ':',
    '"',
    '\\',
    '\\u',
    '\\ud800',
    '\\x0c',
  ],
  ...[
    '\u2028',
    '\u2029',
    '\ufeff',
    '},\n',
    '{"messages":{\n',
    '"metadata":',
    '},\n"metadata":{',
    '}}\n',
  ],
  ...[
    '"__proto__":{"polluted":1},',
    '"constructor":{"prototype":{"polluted":1}},',
    'null',
    '-0',
    '/*',
    '//',
  ],
].map((text) => Buffer.from(text));
const RAW: readonly Buffer[] = [
  ...[
    [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x80],
    [0xef, 0xbb, 0xbf],
  ],
  ...[
    [0xff, 0xfe],
    [0xfe, 0xff],
    [0x1f, 0x8b],
    [0x00, 0x00, 0x00, 0x00],
    [0xe2, 0x80, 0xa8, 0x00, 0x00],
  ],
].map((bytes) => Buffer.from(bytes));

/** A value of JSON where another one stood, as bytes; at times very long or nested very deeply. */
export function anyValue(random: Random): Buffer {
  if (random.chance(0.003)) return deep(random);
  if (random.chance(0.003)) return Buffer.from(`"${'x'.repeat(random.int(1, 5) ** 6 * 16)}"`);
  if (random.chance(0.1)) return digits(random);
  return Buffer.from(random.pick(VALUES));
}

export function anyKey(random: Random): Buffer {
  return Buffer.from(random.pick(KEYS));
}

/** Bytes to put anywhere, those of the format among them. */
export function anyBytes(random: Random, dictionary: readonly Buffer[]): Buffer {
  if (dictionary.length > 0 && random.chance(0.5)) return random.pick(dictionary);
  return random.pick(random.chance(0.3) ? RAW : BYTES);
}

function digits(random: Random): Buffer {
  const sign = random.chance(0.2) ? '-' : '';
  const count = random.chance(0.03) ? random.pick([100, 400, 5000, 100_000]) : random.int(15, 25);
  return Buffer.from(sign + Array.from({ length: count }, () => random.int(1, 9)).join(''));
}

/** Nothing but opening, up to a million of them, and closing as many, or none. */
function deep(random: Random): Buffer {
  const depth = random.chance(0.05)
    ? random.pick([100_000, 1_000_000])
    : random.pick([100, 1000, 5000, 20_000]);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ]);
  const inner = open.length > 1 ? '1' : '';
  return Buffer.from(open.repeat(depth) + inner + (random.chance(0.7) ? close.repeat(depth) : ''));
}
