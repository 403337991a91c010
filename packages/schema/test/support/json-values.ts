import { fc } from './fast-check.ts';

/** Texts that look like something: numbers, our own marks, escapes, names of prototypes. */
const awkwardText = fc.constantFrom(
  '',
  '__proto__',
  'constructor',
  'toString',
  'integer:5',
  'integer~:5',
  '"integer:9007199254740993"',
  '\\u0069nteger:7',
  '12345678901234567890',
  '1e400',
  '},\n"metadata":{',
  '[{,:}]',
  'a\\',
  '\\"',
  '\u2028\u2029\u0000\u007f\ufeff',
  '\ud83d\ude00\uffff',
  '\ud83d',
  '\ude00\ud83d',
);

export const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), awkwardText);

/** Numbers that come back from JSON as they were: no -0, and integers beyond 2^53 as `bigint` only. */
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((x) => !Object.is(x, -0) && !(isLargeInteger(x) && Math.abs(x) < 1e21)),
);

/** Integers that a double can't be trusted with. */
export const largeInteger = fc
  .oneof(
    fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
    fc.integer({ min: -5, max: 5 }).map((n) => 2n ** 53n + BigInt(n)),
    fc.integer({ min: 20, max: 400 }).map((digits) => 10n ** BigInt(digits) + 1n),
  )
  .filter((n) => !Number.isSafeInteger(Number(n)));

const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(text, number, largeInteger, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    record(tie('value'), { maxLength: 5 }),
  ),
}));

/** Any value that JSON can hold, with bigints beyond 2^53. */
export const jsonValue = value;

/** An object with any keys, `__proto__` among them, as its own. */
export function record<T>(
  item: fc.Arbitrary<T>,
  { maxLength = 5, key = text }: { maxLength?: number; key?: fc.Arbitrary<string> } = {},
): fc.Arbitrary<Record<string, T>> {
  return fc.array(fc.tuple(key, item), { maxLength }).map((entries) => Object.fromEntries(entries));
}

/**
 * JSON text of a value in a layout of its own: any white space between the tokens, and characters of strings escaped
 * here and there. `choices` decides where.
 */
export function layOut(json: unknown, choices: readonly number[]): string {
  let turn = 0;
  const choose = () => choices[turn++ % choices.length] ?? 0;
  const space = () => SPACES[choose() % SPACES.length] as string;
  const string = (content: string) =>
    `"${[...content].map((char) => (choose() % 5 === 0 ? escaped(char) : JSON.stringify(char).slice(1, -1))).join('')}"`;
  const join = (open: string, items: string[], close: string) =>
    `${open}${space()}${items.map((item) => item + space()).join(`,${space()}`)}${close}`;
  const write = (item: unknown): string => {
    if (typeof item === 'string') return string(item);
    if (typeof item === 'bigint') return String(item);
    if (typeof item !== 'object' || item === null) return JSON.stringify(item);
    if (Array.isArray(item)) return join('[', item.map(write), ']');
    const members = Object.entries(item).map(
      ([key, child]) => `${string(key)}${space()}:${space()}${write(child)}`,
    );
    return join('{', members, '}');
  };
  return space() + write(json) + space();
}

export const layoutChoices = fc.array(fc.nat(99), { minLength: 1, maxLength: 40 });

function escaped(char: string): string {
  return char
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function isLargeInteger(x: number): boolean {
  return Number.isInteger(x) && !Number.isSafeInteger(x);
}

const SPACES = ['', '', '', ' ', '\n', '\r\n', '\t', '\n    ', ' \n\n '];
