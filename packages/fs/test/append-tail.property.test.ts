import { systemError, watchCalls } from '@tgstore/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { appendTail, recoverTail } from '../src/index.ts';
import { FILE, UNDO } from './support/crash-check.ts';
import { SimulatedDisk } from './support/simulated-disk.ts';

// fast-check prints seed and counterexample when it fails

const bytes = fc.uint8Array({ maxLength: 300 });
/** Sizes on both sides of the pages. */
const size = fc.oneof(
  fc.nat(9_000),
  fc.tuple(fc.nat(3), fc.integer({ min: -2, max: 2 })).map(([n, d]) => Math.max(n * 4096 + d, 0)),
);
const append = fc
  .record({
    old: fc.tuple(size, bytes).map(([length, pattern]) => filled(length, pattern)),
    start: size,
    chunks: fc.array(fc.oneof(bytes, fc.string({ unit: 'grapheme' }), size.map(filledWithOnes))),
  })
  .map(({ old, start, chunks }) => ({ old, from: Math.min(start, old.length), chunks }));

test('any tail replaces any other', async () => {
  await fc.assert(
    fc.asyncProperty(append, async ({ old, from, chunks }) => {
      const disk = new SimulatedDisk(new Map([[FILE, old]]));
      await appendTail(FILE, chunks, { from, undoPath: UNDO, fileSystem: disk.fileSystem });
      expect(contentOf(disk)).toBe(hex(concatenated(old, from, chunks)));
      expect(disk.files.has(UNDO)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('after a kill at any call, and others during recovery, the file is old or new', async () => {
  const kills = fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(append, fc.nat(30), kills, async ({ old, from, chunks }, kill, others) => {
      const disk = new SimulatedDisk(new Map([[FILE, old]]));
      const options = { from, undoPath: UNDO, fileSystem: killedAt(disk, kill) };
      const error = await appendTail(FILE, chunks, options).catch((reason: unknown) => reason);
      for (const at of others) {
        await recoverTail(FILE, UNDO, { fileSystem: killedAt(disk, at) }).catch(() => {});
      }
      await recoverTail(FILE, UNDO, { fileSystem: disk.fileSystem });
      const after = hex(concatenated(old, from, chunks));
      expect(error === undefined ? [after] : [hex(old), after]).toContain(contentOf(disk));
      expect(disk.files.has(UNDO)).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});

/** The n-th call and all after it do nothing; it is half done where it writes. */
function killedAt(disk: SimulatedDisk, at: number) {
  return watchCalls(disk.fileSystem, ({ name, args, count }) => {
    if (count < at) return undefined;
    if (count > at || name !== 'handle.write') throw systemError('EIO', name);
    return async (write) => {
      await write(args[0], args[1], Math.floor(Number(args[2]) / 2), args[3]);
      throw systemError('EIO', name);
    };
  });
}

function concatenated(
  old: Uint8Array,
  from: number,
  chunks: readonly (string | Uint8Array)[],
): Uint8Array {
  return Buffer.concat([old.subarray(0, from), ...chunks.map((chunk) => Buffer.from(chunk))]);
}

function filled(length: number, pattern: Uint8Array): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => pattern[index % pattern.length] ?? index % 256);
}

function filledWithOnes(length: number): Uint8Array {
  return new Uint8Array(length).fill(1);
}

function contentOf(disk: SimulatedDisk): string {
  return hex(disk.files.get(FILE) ?? new Uint8Array());
}

function hex(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
