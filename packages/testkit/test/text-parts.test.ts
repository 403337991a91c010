import { expect, test } from 'vitest';
import { merged, plain, textFields, textValue } from '../src/sample-export/text-parts.ts';

const bold = (text: string) => ({ type: 'bold', text });

test('plain text is a string, and no text an empty one', () => {
  expect(textValue(0, plain('hi'))).toBe('"hi"');
  expect(textFields([])).toEqual(['"text": ""', '"text_entities": []']);
});

test('formatted text is an array', () => {
  expect(JSON.parse(textValue(0, [...plain('a '), bold('b')]))).toEqual(['a ', bold('b')]);
});

test('merged makes neighbouring plain parts one and loses nothing', () => {
  expect(merged([bold('a'), ...plain('b'), ...plain('c'), bold('d'), bold('e')])).toEqual([
    ...[bold('a'), ...plain('bc'), bold('d'), bold('e')],
  ]);
});

test('an empty part follows a last entity when a character beyond ASCII is anywhere', () => {
  expect(JSON.parse(textValue(0, [...plain('é '), bold('b')]))).toEqual(['é ', bold('b'), '']);
  expect(JSON.parse(textValue(0, [bold('é'), ...plain(' b')]))).toEqual([bold('é'), ' b']);
});
