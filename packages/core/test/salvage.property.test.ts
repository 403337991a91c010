import {
  AFTER_MESSAGES,
  type Conversation,
  isSameMessage,
  type Message,
  serializeConversation,
  stringifyJson,
} from '@tgstore/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Salvaged } from '../src/salvage.ts';
import { conversation, message } from './support/conversations.ts';
import { salvager } from './support/salvage-bytes.ts';

// fast-check prints seed and counterexample when it fails

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 8 }),
  fc.constantFrom(
    '"},\n"7":{"id":7}',
    '{"messages":{\n',
    '\\',
    '\\"',
    '}}',
    '{',
    '"',
    ',\n"1":{"id":1},',
  ),
);
/** Objects that look like messages, though their keys are no ids; and some that look so in every way. */
const innocent = fc.constantFrom<Record<string, unknown>[]>(
  { reply: { id: 3, text: 'reply' }, list: [{ id: 50 }, { id: 51, text: 'x' }] },
  { messages: [{ id: 60 }], n: 1 },
  {},
);
const lookAlike = fc.constantFrom<Record<string, unknown>[]>(
  { 70: { id: 70, text: 'reply' }, list: [{ 71: { id: 71 } }, { 72: { id: 72 } }] },
  { metadata: { conversation_id: '9' }, messages: { 73: { id: 73 } } },
);

type RawData = fc.Arbitrary<Record<string, unknown>>;

function conversations(rawData: RawData): fc.Arbitrary<Conversation> {
  const id = fc.oneof(fc.integer({ min: -3, max: 30 }), fc.constantFrom('a', 'é"', 2n ** 60n));
  const one = fc
    .tuple(id, text, fc.option(rawData, { nil: undefined }))
    .map(([key, value, raw_data]) => message(key, { text: value, ...(raw_data && { raw_data }) }));
  return fc
    .tuple(fc.uniqueArray(one, { maxLength: 6, selector: (item) => String(item.id) }), text)
    .map(([list, name]) => conversation('1', list, { name, revision: 3 }));
}

/** As JSON text, in which `indent` works though there are big integers. */
function layOut({ messages, metadata }: Conversation, isArray: boolean, indent: number): string {
  const content = isArray ? [...messages.values()] : Object.fromEntries(messages);
  const compact = stringifyJson({ messages: content, metadata });
  if (indent === 0) return compact;
  const big = '"big:1152921504606846976"';
  const marked = compact.replaceAll(/:1152921504606846976\b/g, `:${big}`);
  return JSON.stringify(JSON.parse(marked), null, indent).replaceAll(big, big.slice(5, -1));
}

const lines = (rawData: RawData) =>
  conversations(rawData).map((given) => ({ given, content: serializeConversation(given) }));
const pretty = (rawData: RawData) =>
  fc
    .tuple(conversations(rawData), fc.boolean(), fc.constantFrom(1, 2, 4))
    .map(([given, isArray, indent]) => ({ given, content: layOut(given, isArray, indent) }));
const oneLine = fc
  .tuple(conversations(innocent), fc.boolean())
  .map(([given, isArray]) => ({ given, content: layOut(given, isArray, 0) }));
const anyLook = fc.oneof(innocent, lookAlike);
const anyLayout = fc.oneof(lines(anyLook), pretty(anyLook), oneLine);

function expectNothingInvented(salvaged: Salvaged, given: Conversation, except?: string): void {
  for (const [key, found] of salvaged.messages) {
    if (key === except) continue;
    const original = given.messages.get(key) as Message;
    expect(original, `message ${key} was invented`).toBeDefined();
    expect(found).toEqual(original);
    expect(isSameMessage(found, original)).toBe(true);
  }
}

/** Where the line of each message stands. */
function* linesOf(content: Buffer, given: Conversation): Generator<[string, number, number]> {
  let start = 0;
  const keys = [...given.messages.keys()];
  for (const [index, line] of content.toString().split('\n').entries()) {
    const end = start + Buffer.byteLength(line);
    const key = keys[index - 1];
    if (key !== undefined) yield [key, start, line.endsWith(',') ? end - 1 : end];
    start = end + 1;
  }
}

function expectLostApart(salvaged: Salvaged, content: Buffer, given: Conversation): void {
  let before = 0;
  for (const { offset, length } of salvaged.lost) {
    expect(offset).toBeGreaterThanOrEqual(before);
    expect(length).toBeGreaterThan(0);
    before = offset + length;
    expect(before).toBeLessThanOrEqual(content.length);
  }
  for (const [key, message] of salvaged.messages) {
    if (given.messages.get(key) === undefined) continue;
    const bytes = Buffer.from(stringifyJson(message));
    const start = content.indexOf(bytes);
    if (start < 0 || content.indexOf(bytes, start + 1) >= 0) continue;
    for (const { offset, length } of salvaged.lost) {
      expect(offset + length <= start || offset >= start + bytes.length, key).toBe(true);
    }
  }
}

test('of an undamaged file everything is found, and nothing is lost', async () => {
  await using salvage = await salvager();
  await fc.assert(
    fc.asyncProperty(anyLayout, async ({ given, content }) => {
      const { messages, metadata, other, lost } = await salvage(content);
      expect([...messages.keys()]).toEqual([...given.messages.keys()]);
      expect({ messages, metadata, other, lost }).toEqual({ ...given, other: {}, lost: [] });
    }),
    { numRuns: 300 },
  );
});

test('of a file cut at any byte nothing is invented, and in lines every whole message is found', async () => {
  await using salvage = await salvager();
  await fc.assert(
    fc.asyncProperty(anyLayout, fc.boolean(), async ({ given, content }, isHead) => {
      const bytes = Buffer.from(content);
      for (let size = bytes.length - 1; size >= 0; size -= isHead ? 7 : 1) {
        const cut = bytes.subarray(0, size);
        const salvaged = await salvage(cut);
        expectNothingInvented(salvaged, given);
        expectLostApart(salvaged, cut, given);
        if (salvaged.metadata) expect(salvaged.metadata).toEqual(given.metadata);
        if (!content.startsWith('{"messages":{\n')) continue;
        for (const [key, , end] of linesOf(bytes, given)) {
          expect(salvaged.messages.has(key), `${key} of ${size} bytes`).toBe(end <= size);
        }
      }
    }),
    { numRuns: 12 },
  );
});

const STRUCTURE = [...Buffer.from('{}[]",:\\\n \t0a-\0\u00ff', 'latin1')];

/** Bytes between two messages, or behind the last one. */
const SEPARATOR = AFTER_MESSAGES.length;

test('in lines a byte that changed costs at most the message it stands in, or those beside it', async () => {
  await using salvage = await salvager();
  const byte = fc.oneof(fc.constantFrom(...STRUCTURE), fc.nat(255));
  let damaged = 0;
  await fc.assert(
    fc.asyncProperty(lines(anyLook), fc.nat(), byte, async ({ given, content }, random, to) => {
      const bytes = Buffer.from(content);
      const at = random % bytes.length;
      bytes[at] = to;
      const salvaged = await salvage(bytes);
      const intact = [...linesOf(Buffer.from(content), given)];
      const hit = intact.find(([, start, end]) => at >= start && at < end)?.[0];
      // a changed key and id would have to change together
      expectNothingInvented(salvaged, given, hit);
      expectLostApart(salvaged, bytes, given);
      for (const [key, start, end] of intact) {
        // between two messages it may cost both
        const isBeside = hit === undefined && at >= start - SEPARATOR && at < end + SEPARATOR;
        if (key === hit || isBeside) continue;
        expect(salvaged.messages.has(key), `message ${key}`).toBe(true);
      }
      if (hit !== undefined) expect(salvaged.metadata).toEqual(given.metadata);
      if (hit !== undefined && !salvaged.messages.has(hit)) damaged += 1;
    }),
    { numRuns: 3_000 },
  );
  // else the bytes did no harm
  expect(damaged).toBeGreaterThan(500);
});

test('of a file that lost a stretch nothing is invented', async () => {
  await using salvage = await salvager();
  let found = 0;
  // where the beginning is lost, only our layout tells what stood within a message
  const layouts = fc.oneof(lines(anyLook), pretty(innocent), oneLine);
  await fc.assert(
    fc.asyncProperty(layouts, fc.nat(), fc.nat(), fc.boolean(), async (file, a, b, zeroed) => {
      const bytes = Buffer.from(file.content);
      const start = a % bytes.length;
      const end = start + (b % (bytes.length - start));
      const middle = zeroed ? Buffer.alloc(end - start) : Buffer.alloc(0);
      const rest = Buffer.concat([bytes.subarray(0, start), middle, bytes.subarray(end)]);
      const salvaged = await salvage(rest);
      for (const [key, got] of salvaged.messages) {
        // two halves may fit together, to one message that is whole and valid
        const isJoined =
          !zeroed && !bytes.includes(stringifyJson(got)) && rest.includes(stringifyJson(got));
        if (file.content.startsWith('{"messages":{\n') && isJoined) continue;
        const original = file.given.messages.get(key);
        if (zeroed) expect(original, `message ${key} was invented`).toBeDefined();
        if (zeroed) expect(got).toEqual(original);
      }
      expectLostApart(salvaged, rest, file.given);
      found += salvaged.messages.size;
    }),
    { numRuns: 2_000 },
  );
  expect(found).toBeGreaterThan(1_000);
});
