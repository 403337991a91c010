import { describe, expect, test } from 'vitest';
import { foldName, isSafeName } from '../src/entry-name.ts';

test.each([
  'a',
  'a.json',
  '42_unprocessed.json',
  'größe 😀.json',
  'con_.json',
  'console.json',
  'com.json',
  'com10.json',
  'lpt.json',
  'null',
  'a..b',
  '-rf',
  '~',
  '$HOME',
  '__proto__',
  'x'.repeat(255),
  'ö'.repeat(127),
])('%s may be in an archive', (name) => {
  expect(isSafeName(name)).toBe(true);
});

describe.each([
  [
    'leads elsewhere',
    ['.', '..', '../a', '/a', 'a/b', 'a/', 'a\\b', '..\\a', 'C:a', 'c:\\a', '//a/b'],
  ],
  ['hides', ['.a', '.htaccess', '..a']],
  ['is none on Windows', ['a:b', 'a*', 'a?', 'a"b', '<a', 'a>', 'a|b', 'a.', 'a ', ' a', 'a. ']],
  [
    'is a device on Windows',
    [
      'con',
      'CON',
      'Con.json',
      'prn',
      'aux.tar.gz',
      'NUL',
      'nul.',
      'com1',
      'COM9.txt',
      'lpt1',
      'lpt0',
    ],
  ],
  [
    'has a control character',
    ['a\0', 'a\0b', '\n', 'a\nb', 'a\r', '\t', '\x1b[2J', '\x7f', '\x85'],
  ],
  ['is too short or too long', ['', 'x'.repeat(256), 'ö'.repeat(128), '😀'.repeat(64)]],
])('a name that %s', (_, names) => {
  test.each(names)('may not be in an archive: %j', (name) => {
    expect(isSafeName(name)).toBe(false);
  });
});

test.each([
  ['a.json', 'A.json'],
  ['größe', 'GRÖSSE'.replace('SS', 'ß')],
  ['é', 'e\u0301'],
  ['É', 'e\u0301'],
  ['Å', '\u212b'],
  ['k', '\u212a'],
])('%s and %s are one name somewhere', (one, other) => {
  expect(foldName(one)).toBe(foldName(other));
});

test.each([
  ['a', 'b'],
  ['e', 'é'],
  ['a.json', 'a.jso'],
  ['1', '１'],
])('%s and %s are two names everywhere', (one, other) => {
  expect(foldName(one)).not.toBe(foldName(other));
});
