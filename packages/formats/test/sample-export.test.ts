import { sampleExport } from '@tgstore/testkit';
import { describe, expect, test } from 'vitest';
import { describeReport } from '../src/index.ts';
import { readAll } from './support/read.ts';

// some thousand messages of every kind that Telegram Desktop writes
const bytesOf = (defects: boolean) =>
  Buffer.concat([...sampleExport({ seed: 7, messages: 3000, defects })]);

describe('a sample export', () => {
  test('comes out whole, and the same with and without its defects', async () => {
    const clean = await readAll(bytesOf(false));
    const odd = await readAll(bytesOf(true));
    const written = bytesOf(false)
      .toString()
      .match(/^ {4}"id": /gm)?.length;
    expect(clean.report.messages).toBeGreaterThan(2500);
    expect(clean.report.skipped.count).toBe(0);
    expect(clean.report.repaired).toMatchObject({ 'control-escape': 0, 'line-separator': 0 });
    expect(odd.conversations).toEqual(clean.conversations);
    expect(odd.report.repaired['control-escape']).toBeGreaterThan(0);
    expect(odd.report.repaired['line-separator']).toBeGreaterThan(0);
    expect(odd.report.repaired['wrong-type']).toBe(0);
    expect(written).toBeDefined();
    expect(describeReport(odd.report).length).toBeGreaterThan(0);
  });
});
