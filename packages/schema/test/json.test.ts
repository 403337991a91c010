import { deepStrictEqual } from 'node:assert';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { parseJson, SchemaError, stringifyJson } from '../src/index.ts';
import { codeOf, schemaErrorOf } from './support/code-of.ts';

test('an integer that a double can not hold becomes a bigint, others stay numbers', () => {
  expect(parseJson('9007199254740991')).toBe(9_007_199_254_740_991);
  expect(parseJson('9007199254740992')).toBe(9_007_199_254_740_992n);
  expect(parseJson('-9007199254740991')).toBe(-9_007_199_254_740_991);
  expect(parseJson('-9007199254740993')).toBe(-9_007_199_254_740_993n);
  expect(parseJson('[12345678901234567890.5, 1e300, 12345678901234567890e2]')).toEqual([
    12_345_678_901_234_567_000, 1e300, 1_234_567_890_123_456_800_000,
  ]);
  expect(parseJson('{"a":[1,{"b":12345678901234567890}],"c":-98765432109876543210}')).toEqual({
    a: [1, { b: 12_345_678_901_234_567_890n }],
    c: -98_765_432_109_876_543_210n,
  });
});

test('a long number is found wherever it stands in the text', () => {
  for (let place = 0; place < 50; place += 1) {
    for (const digits of ['9007199254740993', '12345678901234567890']) {
      const pad = '1234567890'.repeat(5).slice(0, place);
      expect(parseJson(`["${pad}",${digits}]`)).toEqual([pad, BigInt(digits)]);
      expect(parseJson(`${' '.repeat(place)}-${digits}`)).toBe(-BigInt(digits));
    }
  }
});

test('an integer of any length survives a round trip digit by digit', () => {
  for (const digits of ['9007199254740993', '-18446744073709551616', `1${'0'.repeat(400)}7`]) {
    const json = `{"id":${digits},"nested":[[${digits}]]}`;
    expect(stringifyJson(parseJson(json))).toBe(json);
  }
});

test('text that looks like our marks or like numbers stays text', () => {
  const values = ['integer:5', 'integer~:5', '"integer:5"', '12345678901234567890', 'integer:x'];
  for (const large of [12_345_678_901_234_567_890n, 2n ** 64n]) {
    const value = { values, 'integer:5': 'integer:6', large };
    expect(parseJson(stringifyJson(value))).toEqual(value);
  }
  expect(stringifyJson(['integer:5', 2n ** 64n])).toBe('["integer:5",18446744073709551616]');
});

test('a mark that the text writes with escapes stays text', () => {
  const json = '["\\u0069nteger:5","\\u0069nteger:x",12345678901234567890]';
  expect(parseJson(json)).toEqual(['integer:5', 'integer:x', 12_345_678_901_234_567_890n]);
});

test('quotes and backslashes do not hide where a string ends', () => {
  const json =
    '{"a\\"12345678901234567890":"\\\\","b":12345678901234567890,"c":"\\"98765432109876543210"}';
  expect(parseJson(json)).toEqual({
    'a"12345678901234567890': '\\',
    b: 12_345_678_901_234_567_890n,
    c: '"98765432109876543210',
  });
});

test('__proto__ is an ordinary key, with large integers and without', () => {
  for (const json of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":12345678901234567890}}']) {
    const value = parseJson(json) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(stringifyJson(value)).toBe(json);
  }
});

test('a number too large for any type is refused, with its place', () => {
  for (const token of ['1e400', '-1e400', '1.5E+400', '1e0400', `${'9'.repeat(300)}e99`]) {
    const error = thrownBy(() => parseJson(`{"a": ${token}}`));
    expect(error).toBeInstanceOf(SchemaError);
    expect(error).toMatchObject({ code: 'SCHEMA_INVALID_JSON', offset: 6 });
  }
  expect(parseJson('[1e-400,"1e400"]')).toEqual([0, '1e400']);
});

test('what JSON.parse refuses is refused beside large integers too, and named in the text as it was given', () => {
  const broken = [
    '{12345678901234567890:1}',
    '[12345678901234567890',
    '[12345678901234567890,]',
    '[012345678901234567890]',
    '[-,12345678901234567890]',
    '[+12345678901234567890]',
    '[12345678901234567890.]',
    '12345678901234567890abc',
    '"12345678901234567890',
    '["12345678901234567890\\',
    '[1 12345678901234567890]',
    '',
    '\ufeff1',
  ];
  for (const json of broken) {
    expect(
      codeOf(() => parseJson(json)),
      json,
    ).toBe('SCHEMA_INVALID_JSON');
  }
  const places = '[12345678901234567890 1]';
  expect(thrownBy(() => parseJson(places))).toMatchObject({
    message: (thrownBy(() => JSON.parse(places)) as Error).message,
  });
});

test('nesting deeper than the call stack gives a SchemaError', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const value = parseJson(deep);
  expect(codeOf(() => parseJson(`[12345678901234567890,${deep}]`))).toBe('SCHEMA_INVALID_JSON');
  expect(codeOf(() => stringifyJson([2n ** 64n, value]))).toBe('SCHEMA_INVALID');
  expect(codeOf(() => parseJson('['.repeat(200_000)))).toBe('SCHEMA_INVALID_JSON');
  expect(() => parseJson(`[12345678901234567890,${deep}]`)).toThrow(/^nested too deeply$/);
  expect(() => stringifyJson([2n ** 64n, value])).toThrow(/^nested too deeply$/);
});

test('what JSON.stringify writes however deep, as that of Node 26 does, is written, and else refused', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  const value = JSON.parse(deep);
  if (canStringify(value)) expect(stringifyJson(value)).toBe(deep);
  else expect(codeOf(() => stringifyJson(value))).toBe('SCHEMA_INVALID');
});

test('text never contains a raw newline, and is that of JSON.stringify where there is no bigint', () => {
  const value = { text: 'a\nb\r\u2028', date: new Date(0), absent: undefined, list: [undefined] };
  expect(stringifyJson(value)).toBe(JSON.stringify(value));
  expect(stringifyJson({ ...value, n: 5n })).toBe(JSON.stringify({ ...value, n: 5 }));
});

test('many long numbers within one text are looked for once each', () => {
  const text = '1234567890123456 '.repeat(100_000);
  const value = { text, id: 2n ** 64n };
  deepStrictEqual(parseJson(`{"text":"${text}","id":${value.id}}`), value);
});

test('a value that contains itself is a misuse', () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  expect(() => stringifyJson(circle)).toThrow(TypeError);
  expect(() => stringifyJson({ n: 5n, circle })).toThrow(TypeError);
});

test('numbers that are written with exponents stay numbers', () => {
  deepStrictEqual(
    parseJson('[1e21,-1E+25,1.5e-7,123456789012345678e0]'),
    [1e21, -1e25, 1.5e-7, 123_456_789_012_345_680],
  );
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test.each([
  '{"text":"a riddle of Ann" x}',
  '{"text":a riddle of Ann}',
  'a riddle of Ann',
  '{"a riddle of Ann":tru}',
  '{"text":"a riddle of Ann",}',
  '{"text":"a riddle of Ann"',
  '["a riddle of Ann", 1234567890123e999]',
])('what is said of %j has no piece of it', (text) => {
  const error = schemaErrorOf(() => parseJson(text));
  expect(error.message).not.toBe('');
  expect(inspect(error, { depth: 5 })).not.toMatch(/riddle|1234567/);
});

function canStringify(value: unknown): boolean {
  try {
    return JSON.stringify(value).length > 0;
  } catch {
    return false;
  }
}
