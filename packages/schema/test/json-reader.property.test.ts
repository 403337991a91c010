import { deepStrictEqual } from 'node:assert';
import { expect, test } from 'vitest';
import { JsonReader, SchemaError } from '../src/index.ts';
import { fc } from './support/fast-check.ts';
import { jsonValue, layOut, layoutChoices } from './support/json-values.ts';
import { fromChunks, parse, readDocument, type Way } from './support/read-json.ts';

const ways = fc.array(fc.constantFrom<Way>('enter', 'enter', 'slice', 'batch'), { minLength: 1 });

/** Sizes of chunks, 0 for an empty one; used in turn. */
const chunkSizes = fc.array(fc.nat(20), { minLength: 1, maxLength: 10 }).map((sizes) => {
  return sizes.every((size) => size === 0) ? [0, 1] : sizes;
});

test('a document in any layout, in any chunks, read in any way gives what the parser gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      jsonValue,
      layoutChoices,
      chunkSizes,
      ways,
      async (value, layout, sizes, chosen) => {
        const bytes = Buffer.from(layOut(value, layout));
        deepStrictEqual(await readDocument(cutBySizes(bytes, sizes), inTurn(chosen)), value);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('skipping any of the members leaves the others', async () => {
  const members = fc.array(fc.tuple(jsonValue, fc.boolean()), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(members, layoutChoices, chunkSizes, async (list, layout, sizes) => {
      const bytes = Buffer.from(
        layOut(
          list.map(([value]) => value),
          layout,
        ),
      );
      const reader = new JsonReader(fromChunks(cutBySizes(bytes, sizes)));
      const found: unknown[] = [];
      await reader.enter('[');
      for (const [, isSkipped] of list) {
        expect(await reader.nextElement()).toBe(true);
        if (isSkipped) await reader.skip();
        else found.push(parse(await reader.slice()));
      }
      expect(await reader.nextElement()).toBe(false);
      await reader.end();
      deepStrictEqual(
        found,
        list.filter(([, isSkipped]) => !isSkipped).map(([value]) => value),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('a document cut anywhere ends early', async () => {
  const container = jsonValue.map((value) => [value, { key: value }]);
  await fc.assert(
    fc.asyncProperty(
      container,
      layoutChoices,
      chunkSizes,
      ways,
      fc.nat(),
      async (value, layout, sizes, chosen, place) => {
        const bytes = Buffer.from(layOut(value, layout).trimEnd());
        const reading = readDocument(
          cutBySizes(bytes.subarray(0, place % bytes.length), sizes),
          inTurn(chosen),
        );
        await expect(reading).rejects.toMatchObject({
          code: 'SCHEMA_JSON_ENDS_EARLY',
          offset: place % bytes.length,
        });
      },
    ),
    { numRuns: 1_000 },
  );
});

test('bytes broken at will give what the parser gives, or a SchemaError where it throws', async () => {
  const damage = fc.array(
    fc.record({
      place: fc.nat(),
      removed: fc.nat(3),
      inserted: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom(...['"', ',', ':', '{', '}', '[', ']', '\\', '1']).map(Buffer.from),
      ),
    }),
    { minLength: 1, maxLength: 3 },
  );
  await fc.assert(
    fc.asyncProperty(
      jsonValue,
      layoutChoices,
      chunkSizes,
      damage,
      async (value, layout, sizes, changes) => {
        let bytes = Buffer.from(layOut({ a: [value, value], b: value }, layout));
        for (const { place, removed, inserted } of changes) {
          const at = place % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
        }
        const reading = readDocument(cutBySizes(bytes, sizes), () => 'enter');
        let expected: unknown;
        try {
          expected = parse(bytes);
        } catch {
          const error = await reading.catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(SchemaError);
          const { code, offset } = error as SchemaError;
          expect(code).toMatch(/^SCHEMA_(INVALID_JSON|JSON_ENDS_EARLY)$/);
          if (offset !== undefined) expect(offset).toBeLessThanOrEqual(bytes.length);
          return;
        }
        deepStrictEqual(await reading, expected);
      },
    ),
    { numRuns: 3_000 },
  );
});

function inTurn<T>(items: readonly T[]): () => T {
  let turn = 0;
  return () => items[turn++ % items.length] as T;
}

function* cutBySizes(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  const next = inTurn(sizes);
  for (let at = 0; at < bytes.length; ) {
    const size = next();
    // memory of its own, so that a reader that looks behind a piece's end sees nothing of the next
    yield Uint8Array.from(bytes.subarray(at, at + size));
    at += size;
  }
}
