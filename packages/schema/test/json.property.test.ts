import { deepStrictEqual } from 'node:assert';
import { expect, test } from 'vitest';
import { parseJson, SchemaError, stringifyJson } from '../src/index.ts';
import { fc } from './support/fast-check.ts';
import { jsonValue, layOut, layoutChoices } from './support/json-values.ts';

test('parseJson(stringifyJson(x)) is x, bigints and __proto__ included', () => {
  fc.assert(
    fc.property(jsonValue, (value) => {
      const json = stringifyJson(value);
      expect(json).not.toMatch(/[\n\r]/);
      deepStrictEqual(parseJson(json), value);
    }),
    { numRuns: 2_000 },
  );
});

test('any layout and any escapes of a value give that value', () => {
  fc.assert(
    fc.property(jsonValue, layoutChoices, (value, choices) => {
      deepStrictEqual(parseJson(layOut(value, choices)), value);
    }),
    { numRuns: 2_000 },
  );
});

test('text with one place broken gives what JSON.parse gives, or a SchemaError where that throws', () => {
  const damage = fc.constantFrom('', '"', ',', ':', '{', ']', '\\', '-', '1', 'e', '.', ' ', 'x');
  fc.assert(
    fc.property(jsonValue, layoutChoices, fc.nat(), damage, (value, choices, place, inserted) => {
      const json = layOut([value, 2n ** 64n], choices);
      const at = place % json.length;
      const broken = json.slice(0, at) + inserted + json.slice(at + 1);
      let expected: unknown;
      try {
        expected = JSON.parse(broken);
      } catch {
        expect(() => parseJson(broken)).toThrow(SchemaError);
        return;
      }
      if (!/[eE]/.test(broken)) deepStrictEqual(asDoubles(parseJson(broken)), asDoubles(expected));
    }),
    { numRuns: 2_000 },
  );
});

function asDoubles(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(asDoubles);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asDoubles(item)]));
}
