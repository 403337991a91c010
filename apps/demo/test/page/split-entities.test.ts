import { describe, expect, it } from 'vitest';
import type { ShownEntity } from '../../src/api/index.ts';
import { splitEntities, type TextNode } from '../../src/page/messages/split-entities.ts';

const entity = (type: string, offset: number, length: number): ShownEntity => ({
  type,
  offset,
  length,
});

/** `a [bold: b [italic: c]]` */
function show(nodes: readonly TextNode[]): string {
  return nodes
    .map((node) =>
      typeof node === 'string' ? node : `[${node.entity.type}:${show(node.children)}]`,
    )
    .join('');
}

function depthOf(nodes: readonly TextNode[]): number {
  const depths = nodes.map((node) => (typeof node === 'string' ? 0 : 1 + depthOf(node.children)));
  return Math.max(0, ...depths);
}

function wordsOf(nodes: readonly TextNode[]): string {
  return nodes.map((node) => (typeof node === 'string' ? node : wordsOf(node.children))).join('');
}

describe('splitEntities', () => {
  it('leaves a text without entities as it is', () => {
    expect(splitEntities('words', [])).toEqual(['words']);
    expect(splitEntities('', [])).toEqual([]);
  });

  it('nests what stands inside, whatever the order of the entities', () => {
    const bold = entity('bold', 0, 7);
    const italic = entity('italic', 4, 3);
    expect(show(splitEntities('one two three', [italic, bold]))).toBe(
      '[bold:one [italic:two]] three',
    );
  });

  it('puts the longer of two that begin together outside, and blocks outside of all', () => {
    const nodes = splitEntities('abcdef', [entity('bold', 0, 6), entity('blockquote', 0, 6)]);
    expect(show(nodes)).toBe('[blockquote:[bold:abcdef]]');
    expect(show(splitEntities('abcd', [entity('bold', 0, 2), entity('italic', 0, 4)]))).toBe(
      '[italic:[bold:ab]cd]',
    );
  });

  it('cuts one that overlaps where the outer one ends', () => {
    expect(show(splitEntities('abcdef', [entity('bold', 0, 4), entity('italic', 2, 4)]))).toBe(
      '[bold:ab[italic:cd]][italic:ef]',
    );
  });

  it('keeps the place of a cut one among those that follow', () => {
    const entities = [entity('bold', 0, 4), entity('italic', 2, 6), entity('code', 5, 2)];
    expect(show(splitEntities('abcdefghi', entities))).toBe(
      '[bold:ab[italic:cd]][italic:e[code:fg]h]i',
    );
  });

  it('leaves out what stands outside the text or has no length, and cuts what leads beyond it', () => {
    const entities = [
      entity('bold', 10, 3),
      entity('italic', 1, 0),
      entity('code', Number.NaN, 2),
      entity('underline', 2, -1),
      entity('spoiler', -5, 6),
      entity('mention', 2, 99),
    ];
    expect(show(splitEntities('abc', entities))).toBe('[spoiler:a]b[mention:c]');
  });

  it('never cuts within a surrogate pair', () => {
    expect(show(splitEntities('a🙂b', [entity('bold', 2, 2)]))).toBe('a[bold:🙂b]');
    expect(show(splitEntities('a🙂b', [entity('bold', 0, 2)]))).toBe('[bold:a🙂]b');
  });

  it('leaves out the line break behind a block, and only that one', () => {
    expect(show(splitEntities('ab\n\ncd', [entity('pre', 0, 2)]))).toBe('[pre:ab]\ncd');
    expect(show(splitEntities('ab\ncd', [entity('bold', 0, 2)]))).toBe('[bold:ab]\ncd');
  });

  it('survives very many entities, nested and in steps, and loses no word', () => {
    const text = 'x'.repeat(5000);
    const nested = Array.from({ length: 3000 }, () => entity('bold', 0, 5000));
    expect(depthOf(splitEntities(text, nested))).toBeLessThanOrEqual(12);
    const steps = Array.from({ length: 3000 }, (_, index) => entity('italic', index, 900));
    expect(wordsOf(splitEntities(text, steps))).toBe(text);
  });
});
