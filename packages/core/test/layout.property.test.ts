import { dirname, win32 } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeId, encodeId, StoreError } from '../src/index.ts';
import { StoreLayout } from '../src/layout.ts';

// fast-check prints seed and counterexample when it fails

const layout = new StoreLayout('/somewhere/chats');
const RESERVED = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³])$/i;

const hard = fc.constantFrom(
  ...['/', '\\', '.', '..', '~', '_', ' ', ':', '*', '\0', '\n', '\u007f', '%2e', '~41'],
  ...['con', 'CON', 'aux', 'com1', 'LPT9', 'nul.', 'a', 'A', 'ß', 'é', 'e\u0301', '😀', 'ſ', 'K'],
  ...['_processed.json', '_unprocessed.json', '.undo', '.tmp', '__proto__', '-', '@'],
);
const anyId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 70 }),
  fc.array(hard, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('')),
  fc.maxSafeInteger().map(String),
);

function encodeIfAllowed(id: string): string | undefined {
  try {
    return encodeId(id);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'STORE_INVALID_ID') return undefined;
    throw error;
  }
}

test('every well-formed id is refused for its length, or comes back from its encoded form', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      const encoded = encodeIfAllowed(id);
      if (encoded === undefined) expect(Buffer.byteLength(id) * 3).toBeGreaterThan(200);
      else expect(decodeId(encoded)).toBe(id);
    }),
    { numRuns: 4_000 },
  );
});

test('no id leads out of the directory, hides, or hits a name that some system reserves', () => {
  fc.assert(
    fc.property(anyId, fc.constantFrom('processed', 'unprocessed'), (id, status) => {
      const encoded = encodeIfAllowed(id);
      if (encoded === undefined) return;
      expect(encoded).toMatch(/^[a-z0-9@~-][a-z0-9@~._-]*$/);
      expect(encoded).not.toMatch(/[. ]$/);
      const { path } = layout.file(id, status as 'processed');
      const name = path.slice(layout.directory.length + 1);
      expect(dirname(path)).toBe(layout.directory);
      expect(win32.basename(name)).toBe(name);
      expect(name.split('.')[0]).not.toMatch(RESERVED);
      expect(encoded.split('.')[0]).not.toMatch(RESERVED);
      expect(name.length).toBeLessThanOrEqual(255);
      expect(layout.parse(name)).toEqual({ id, status, path, canonical: true });
      expect(dirname(layout.undoRecord(id))).toBe(layout.directory);
      expect(layout.parse(`.${encoded}.undo`)).toBeUndefined();
    }),
    { numRuns: 4_000 },
  );
});

test('two ids never share a name, not even where case or composed letters make no difference', () => {
  const folded = (text: string) => text.normalize('NFKC').toLowerCase().toUpperCase();
  const variant = anyId.chain((id) =>
    fc.tuple(
      fc.constant(id),
      fc.constantFrom(id.toUpperCase(), id.toLowerCase(), id.normalize('NFC'), id.normalize('NFD')),
    ),
  );
  fc.assert(
    fc.property(fc.oneof(variant, fc.tuple(anyId, anyId)), ([first, second]) => {
      const [a, b] = [encodeIfAllowed(first), encodeIfAllowed(second)];
      if (first === second || a === undefined || b === undefined) return;
      expect(folded(a)).not.toBe(folded(b));
    }),
    { numRuns: 4_000 },
  );
});

test('any text is decoded to the one id that is encoded to it, or to none', () => {
  const text = fc.oneof(anyId, fc.stringMatching(/^(?:[a-z0-9@._-]|~[0-9a-f]{2}){0,20}$/));
  fc.assert(
    fc.property(text, (encoded) => {
      const id = decodeId(encoded);
      if (id !== undefined) expect(encodeId(id)).toBe(encoded);
    }),
    { numRuns: 4_000 },
  );
});
