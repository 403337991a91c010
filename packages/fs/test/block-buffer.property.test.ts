import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BlockBuffer } from '../src/block-buffer.ts';

const KIB = 1024;

// fast-check prints seed and counterexample when it fails

test('text cut anywhere, between bytes or not, gives the same UTF-8 as whole', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(200)), async (whole, cuts) => {
      const bounds = [0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length];
      bounds.sort((a, b) => a - b);
      const chunks = bounds.slice(1).map((end, index) => whole.slice(bounds[index], end));
      expect(Buffer.concat(await through(chunks))).toEqual(Buffer.from(whole));
    }),
    { numRuns: 2_000 },
  );
});

test('chunks of any kind and size give their bytes in order, in blocks of at most 256 KiB', async () => {
  const repeat = fc.nat(300 * KIB);
  const chunk = fc.oneof(
    fc
      .tuple(fc.constantFrom('a', 'é', '€', '😀', 'a😀'), repeat)
      .map(([c, n]) => c.repeat(n / c.length)),
    fc.tuple(fc.nat(255), fc.nat(600 * KIB)).map(([byte, n]) => new Uint8Array(n).fill(byte)),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 100 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), async (chunks) => {
      const blocks = await through(chunks);
      expect(Buffer.concat(blocks).equals(Buffer.concat(chunks.map((c) => Buffer.from(c))))).toBe(
        true,
      );
      for (const { length } of blocks) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(256 * KIB);
      }
    }),
    { numRuns: 200 },
  );
});

test('many small chunks become few blocks', async () => {
  const line = `${'x'.repeat(299)}\n`;
  const lines = Array.from({ length: 10_000 }, () => line);
  for (const chunks of [lines, lines.map((text) => Buffer.from(text)), [lines.join('')]]) {
    expect((await through(chunks)).length).toBeLessThanOrEqual(15);
  }
});

test('half a character between bytes or at the end becomes U+FFFD, as everywhere in UTF-8', async () => {
  const whole = Buffer.concat(await through(['\ud83d', Buffer.from('-'), '\ude00', '', '\ud83d']));
  expect(whole.toString()).toBe('\ufffd-\ufffd\ufffd');
});

async function through(chunks: readonly (string | Uint8Array)[]): Promise<Buffer[]> {
  const blocks: Buffer[] = [];
  let given = 0;
  const buffer = new BlockBuffer(async (bytes) => {
    // A copy: the buffer uses its memory again
    blocks.push(Buffer.from(bytes));
    given += bytes.length;
  });
  for (const chunk of chunks) await buffer.add(chunk);
  await buffer.flush();
  expect(buffer.length).toBe(0);
  expect(given).toBe(Buffer.concat(blocks).length);
  return blocks;
}
