import { expect, test } from 'vitest';
import { linesOf } from '../src/byte-filter.ts';
import { caseVariants } from '../src/case-variants.ts';
import { type MatchOptions, messageMatcher } from '../src/message-matcher.ts';
import { message } from './support/conversations.ts';

/** Where a text matches. */
function matches(query: string | RegExp, text: string, options?: MatchOptions) {
  return messageMatcher(query, options).match(message(1, { text }));
}

/** Which of the lines of a block may match, from 0. */
function candidates(query: string | RegExp, block: string, options?: MatchOptions): number[] {
  const { filter } = messageMatcher(query, options);
  const lines = [...linesOf(Buffer.from(block), filter, { all: true })];
  const some = [...linesOf(Buffer.from(block), filter, { all: false })];
  expect(some).toEqual(lines.filter(({ mayMatch }) => mayMatch));
  return lines.flatMap(({ mayMatch }, index) => (mayMatch ? [index] : []));
}

const line = (id: number, text: string) => `"${id}":{"id":${id},"text":${JSON.stringify(text)}}`;

test('a text is found literally, in any case, at all its places', () => {
  expect(matches('a.b', 'A.B axb a.b')).toEqual([
    [0, 3],
    [8, 11],
  ]);
  expect(matches('kelvin', '300 \u212Aelvin')).toEqual([[4, 10]]);
  expect(matches('STRASSE', 'straße')).toBeUndefined();
  expect(matches('STRAẞE', 'straße')).toEqual([[0, 6]]);
  expect(matches('οδος', 'ΟΔΟΣ')).toEqual([[0, 4]]);
  expect(matches('I', 'ı İ')).toBeUndefined();
  expect(matches('привет', '😀ПРИВЕТ')).toEqual([[2, 8]]);
  expect(matches('a', 'A', { caseSensitive: true })).toBeUndefined();
  expect(matches('\ud83d', '😀')).toBeUndefined();
  expect(matches('\ud83d', 'x\ud83d')).toEqual([[1, 2]]);
});

test('a regular expression keeps its flags, finds all, and is not changed', () => {
  const query = /b*/y;
  query.lastIndex = 3;
  expect(matches(query, 'abb')).toEqual([
    [0, 0],
    [1, 3],
    [3, 3],
  ]);
  expect(query.lastIndex).toBe(3);
  expect(matches(/^b/m, 'a\nb')).toEqual([[2, 3]]);
  expect(matches(/B/, 'b')).toBeUndefined();
  expect(matches(/(?<=a)b$/, 'ab')).toEqual([[1, 2]]);
  expect(matches(/^$/u, '')).toEqual([[0, 0]]);
});

test('tombstones and messages without text are not found', () => {
  const { match } = messageMatcher(/(?:)/);
  expect(match(message(1, { text: '', deleted: true }))).toBeUndefined();
  expect(match(message(1, { text: null }))).toBeUndefined();
  expect(match({ id: 1 })).toBeUndefined();
});

test('dates bound it, from on and before to, and a message without a date is in no time', () => {
  const at = (date: string | undefined, options: MatchOptions) =>
    messageMatcher('x', options).match({ id: 1, text: 'x', date }) !== undefined;
  const day = { from: '2024-02-29', to: new Date('2024-03-01T00:00:00Z') };
  expect(at('2024-02-28T23:59:59Z', day)).toBe(false);
  expect(at('2024-02-29T00:00:00Z', day)).toBe(true);
  expect(at('2024-02-29T23:59:59.999Z', day)).toBe(true);
  expect(at('2024-03-01T00:00:00Z', day)).toBe(false);
  expect(at(undefined, day)).toBe(false);
  expect(at(undefined, {})).toBe(true);
  expect(at('2024-01-01T10:00:00Z', { from: '2024-01-01T12:00:00+02:00' })).toBe(true);
  expect(at('2024-01-01T09:59:59Z', { from: '2024-01-01 12:00+0200' })).toBe(false);
});

test('a sender is an id, or a whole name in any case', () => {
  const by = (sender: MatchOptions['sender']) =>
    messageMatcher('x', { sender }).match({
      id: 1,
      text: 'x',
      sender_id: 5,
      sender_name: 'Ann (Ω)',
    }) !== undefined;
  expect([5, '5', 5n, 'ann (ω)'].map(by)).toEqual([true, true, true, true]);
  expect([6, 'Ann', 'ann (ω) ', 'user5'].map(by)).toEqual([false, false, false, false]);
});

test('what can not be searched for is refused at once', () => {
  const refused = (query: unknown, options: object = {}) =>
    expect(() => messageMatcher(query as string, options)).toThrow(TypeError);
  refused('');
  refused(undefined);
  refused(7);
  for (const bad of [
    'yesterday',
    '2024-02-30',
    '2024-02-30T00:00:00Z',
    '2024-13-01',
    '',
    'Z',
    new Date('x'),
    null,
  ]) {
    refused('x', { from: bad });
    refused('x', { to: bad });
  }
});

test('case variants are what a regular expression takes for equal, in all of Unicode', () => {
  const variants = caseVariants();
  expect(variants('k').sort()).toEqual(['K', 'k', '\u212A']);
  expect(variants('7')).toEqual(['7']);
  expect(variants('𐐀').sort()).toEqual(['𐐀', '𐐨']);
  let all = '';
  for (let code = 0; code <= 0x10_ff_ff; code += 1) {
    if (code < 0xd8_00 || code > 0xdf_ff) all += String.fromCodePoint(code);
  }
  const cased = all.match(/\p{Changes_When_Casemapped}/gu) ?? [];
  expect(cased.length).toBeGreaterThan(2_700);
  // every eleventh: each takes a millisecond
  for (let at = 0; at < cased.length; at += 11) {
    const character = cased[at] as string;
    const equal = all.match(new RegExp(character, 'giu')) ?? [];
    expect(variants(character).sort()).toEqual([...new Set(equal)].sort());
  }
});

test('lines whose text can not match are passed over', () => {
  const block = [
    line(1, 'Hello'),
    '"2":{"id":2,"sender_name":"hello","text":"no"}',
    '"3":{"id":3,"text":"no","raw_data":{"a":"hello"}}',
    line(4, 'say \\" HELLO'),
    '"5":{"id":5,"text" : \t"\\" hello"}',
    '"6":{"id":6,"text":"h\\u0065llo"}',
    '"7":{"id":7,"text":"no \\\\","a":"hello"}',
  ].join(',\n');
  expect(candidates('hello', block)).toEqual([0, 3, 4, 5]);
  expect(candidates('hello', block, { caseSensitive: true })).toEqual([4, 5]);
  expect(candidates(/hel+o/iu, block)).toEqual([0, 3, 4, 5]);
  expect(candidates(/^hello$/iu, block)).toEqual([0, 5]);
});

test('a character that may be escaped is found however it is written', () => {
  const block = [
    '"1":{"text":"a\\/b"}',
    '"2":{"text":"a/b"}',
    '"3":{"text":"a\\u002fb"}',
    '"4":{"text":"ab"}',
  ].join('\n');
  for (const query of ['/', /a\/b/]) expect(candidates(query, block)).toEqual([0, 1, 2]);
  expect(candidates('a/b', block)).toEqual([0, 1, 2, 3]);
  expect(candidates('"', '"1":{"text":"\\""}\n"2":{"text":"x"}')).toEqual([0]);
  expect(candidates('\n', '"1":{"text":"\\n"}\n"2":{"text":"n"}')).toEqual([0]);
});

test('a value on another line than its key, or cut off, is not passed over', () => {
  for (const query of ['hi', /hi/]) {
    expect(candidates(query, '"1":{"text":\n"hi"}').length).toBeGreaterThan(0);
    expect(candidates(query, '"1":{"text"\n: "hi"}').length).toBeGreaterThan(0);
    expect(
      candidates(query, '"hi"}').length + candidates(query, '"1":{"text":').length,
    ).toBeGreaterThan(0);
  }
});

test('a long string elsewhere is walked through once', () => {
  const block = `"1":{"raw_data":{"x":"${'a\\"'.repeat(500_000)}"},"text":"a"}`;
  const start = performance.now();
  expect(candidates('a', block)).toEqual([0]);
  expect(performance.now() - start).toBeLessThan(2_000);
});
