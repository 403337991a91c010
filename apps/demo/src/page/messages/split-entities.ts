import type { ShownEntity } from '../../api/index.ts';

/** A part of a text: words, or an entity with what stands inside it. */
export type TextNode = string | EntityNode;

export interface EntityNode {
  readonly entity: ShownEntity;
  /** In UTF-16 code units of the whole text; with the type it tells siblings apart. */
  readonly start: number;
  readonly end: number;
  readonly children: readonly TextNode[];
}

/** Deeper nesting and more entities than this are left out: no client writes them, and a page must survive them. */
const MAX_DEPTH = 12;
const MAX_ENTITIES = 1000;

/** Stand on lines of their own. */
export const blockTypes: ReadonlySet<string> = new Set([
  'pre',
  'blockquote',
  'expandable_blockquote',
]);

/**
 * The text as a tree of its entities. Those that overlap are cut where the outer one ends; those that stand outside the text or
 * have no length are left out; none begins or ends within a surrogate pair. The words of the tree, put together, are the text, but
 * for one line break after each block, which the block itself makes.
 */
export function splitEntities(text: string, entities: readonly ShownEntity[]): TextNode[] {
  const spans: Span[] = [];
  for (const entity of entities.slice(0, MAX_ENTITIES)) {
    const span = toSpan(text, entity);
    if (span) spans.push(span);
  }
  spans.sort(byStart);
  return build(text, 0, text.length, spans, 0);
}

interface Span {
  readonly entity: ShownEntity;
  readonly start: number;
  readonly end: number;
}

function build(text: string, start: number, end: number, spans: Span[], depth: number): TextNode[] {
  const nodes: TextNode[] = [];
  let at = start;
  let next = 0;
  while (next < spans.length) {
    const outer = spans[next++] as Span;
    const outerStart = Math.max(outer.start, at);
    const outerEnd = Math.min(outer.end, end);
    if (outerStart >= outerEnd) continue;
    if (outerStart > at) nodes.push(text.slice(at, outerStart));
    const inside: Span[] = [];
    const cut: Span[] = [];
    for (; next < spans.length && (spans[next] as Span).start < outerEnd; next += 1) {
      const inner = spans[next] as Span;
      inside.push(inner);
      if (inner.end > outerEnd) cut.push({ ...inner, start: outerEnd });
    }
    const children =
      depth + 1 < MAX_DEPTH
        ? build(text, outerStart, outerEnd, inside, depth + 1)
        : [text.slice(outerStart, outerEnd)];
    nodes.push({ entity: outer.entity, start: outerStart, end: outerEnd, children });
    at = outerEnd;
    if (blockTypes.has(outer.entity.type) && text[at] === '\n' && at < end) at += 1;
    next -= cut.length;
    // what is left of those that were cut takes the places of those that are done
    for (const [index, span] of cut.entries()) spans[next + index] = span;
    if (cut.length > 0) sortFrom(spans, next);
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function sortFrom(spans: Span[], from: number): void {
  const rest = spans.slice(from).sort(byStart);
  for (const [index, span] of rest.entries()) spans[from + index] = span;
}

/** The one that begins first is outside; of those that begin together blocks, then the longest. */
function byStart(a: Span, b: Span): number {
  return a.start - b.start || rank(b) - rank(a) || b.end - a.end;
}

function rank({ entity }: Span): number {
  return blockTypes.has(entity.type) ? 1 : 0;
}

function toSpan(text: string, entity: ShownEntity): Span | undefined {
  const start = Math.max(entity.offset, 0);
  const end = Math.min(entity.offset + entity.length, text.length);
  // also false for NaN
  if (!(start < end)) return undefined;
  return {
    entity,
    start: isWithinPair(text, start) ? start - 1 : start,
    end: isWithinPair(text, end) ? end + 1 : end,
  };
}

function isWithinPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}
