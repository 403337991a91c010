import { isUtf8 } from 'node:buffer';
import { expect, test } from 'vitest';
import { sampleExport } from '../src/index.ts';
import { exportBytes } from './support/export.ts';
import { parse, write } from './support/telegram-desktop-writer.ts';

const clean = exportBytes({ messages: 3000, defects: false }).toString();
const dirty = exportBytes({ messages: 3000 });

test.each([1, 2, 3])('the layout of seed %i is that of an independent writer', (seed) => {
  const text = exportBytes({ seed, messages: 2000, defects: false }).toString();
  // line by line: a difference of the whole texts would take minutes to print
  expect(firstDifference(write(parse(text)), text)).toBeUndefined();
});

test('the file ends with the brace of the root object, without a line end', () => {
  expect(clean.endsWith('\n  ]\n }\n}')).toBe(true);
  expect(clean.startsWith('{\n "about": "')).toBe(true);
});

test('without defects the export is valid UTF-8 and JSON', () => {
  expect(isUtf8(Buffer.from(clean))).toBe(true);
  expect(() => JSON.parse(clean)).not.toThrow();
});

test('defects make it invalid UTF-8, and invalid JSON even when decoded', () => {
  expect(isUtf8(dirty)).toBe(false);
  expect(() => JSON.parse(dirty.toString())).toThrow(SyntaxError);
  expect(dirty.includes('\\x0C')).toBe(true);
  expect(dirty.includes('\\x1B')).toBe(true);
});

test('stray bytes follow the escape of a separator', () => {
  for (const [escaped, last] of [
    ['\\u2028', 0xa8],
    ['\\u2029', 0xa9],
  ] as const) {
    expect(dirty.includes(Buffer.from([...Buffer.from(escaped), 0x80, last]))).toBe(true);
    expect(clean.includes(escaped)).toBe(true);
  }
});

test('apart from the two defects, both exports are the same bytes', () => {
  const repaired = dirty
    .toString('latin1')
    .replace(/(\\u202[89])\x80[\xa8\xa9]/g, '$1')
    .replace(/(?<!\\)((?:\\\\)*)\\x([01][0-9A-F])/g, '$1\\u00$2');
  expect(firstDifference(Buffer.from(repaired, 'latin1').toString(), clean)).toBeUndefined();
});

test('characters beyond ASCII are printed raw', () => {
  expect(clean).toContain('Рощин');
  expect(clean).not.toMatch(/(?<!\\)(\\\\)*\\u(?!00|202)/);
});

test('empty arrays take two lines, but text_entities and the lists of finished tasks do not', () => {
  expect(clean).toContain('\n "stories": [\n ],\n');
  expect(clean).toContain('\n    "messages": [\n    ]\n');
  expect(clean).toContain('\n      "text_entities": []');
  expect(clean).toContain('\n      "completed": [1,3],\n      "incompleted": [],\n');
});

test('reactions are indented one level too far', () => {
  expect(clean).toContain('\n      "reactions": [\n        {\n         "type": ');
});

test('send_webview_data has two texts', () => {
  expect(clean).toMatch(/"action": "send_webview_data",\n +"text": ".+",\n +"text": "",\n/);
});

test('chunks are of about 64 KiB, so memory does not grow with the export', () => {
  const sizes = exportSizes();
  expect(Math.max(...sizes)).toBeLessThan(256 * 1024);
  expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(64 * 1024);
});

function exportSizes(): number[] {
  return [...sampleExport({ messages: 3000 })].map((chunk) => chunk.length);
}

function firstDifference(actual: string, expected: string): object | undefined {
  if (actual === expected) return undefined;
  const [left, right] = [actual.split('\n'), expected.split('\n')];
  const line = right.findIndex((text, index) => text !== left[index]);
  return { line, actual: left.slice(line, line + 5), expected: right.slice(line, line + 5) };
}
