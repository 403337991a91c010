import { expect, test } from 'vitest';
import { JsonReader, type JsonReaderOptions, SchemaError } from '../src/index.ts';
import { cut, fromChunks, parse, readDocument, type Way } from './support/read-json.ts';

const WAYS: readonly Way[] = ['enter', 'slice', 'batch'];
const SIZES = [0, 1, 2, 3, 5, 7, 11, 16, 64, 1_000_000];
const DOCUMENT =
  ' {"a" : [1, {"b":"x\\"]}\\\\"}, [], {}, null ,true, -1.5e3, "é😀\\u0041" ] ,\n"":{"c":{"d":[[["z"]]]},"e":false}, "n":12 }\n';

test('every way of reading gives what JSON.parse gives, in chunks of any size', async () => {
  for (const way of WAYS) {
    for (let size = 0; size <= DOCUMENT.length + 2; size += 1) {
      const value = await readDocument(cut(bytesOf(DOCUMENT), size), () => way);
      expect(value, `${way}, chunks of ${size}`).toEqual(JSON.parse(DOCUMENT));
    }
  }
});

test('objects and arrays of any shape come in batches as they are, in chunks of any size', async () => {
  for (const json of [
    '[{"a":[1]},{"b":{"c":"]"}},[{}],{},[[]],{"d":[{"e":[]}]},[1,[2]]]',
    '[ {"a":[1]} , [ [{}] ], [[{"x":{}}]] ,{} , [ ] ]',
    '[ [{}],\n[{}] , [[]] ]',
  ]) {
    const members = `{${JSON.parse(json)
      .map((value: unknown, index: number) => ` "${index}" : ${JSON.stringify(value)}`)
      .join(',')} }`;
    for (const document of [json, members]) {
      for (let size = 0; size <= document.length + 1; size += 1) {
        const value = await readDocument(cut(bytesOf(document), size), () => 'batch');
        expect(value, `${document}, chunks of ${size}`).toEqual(JSON.parse(document));
      }
    }
  }
});

test('a document may be a bare value', async () => {
  for (const json of ['12', ' "a b" ', 'true', '[]', '{}', 'null\n']) {
    for (const size of SIZES) {
      const value = await readDocument(cut(bytesOf(json), size), () => 'slice');
      expect(value).toEqual(JSON.parse(json));
    }
  }
});

test('values may follow one another, as in JSON Lines', async () => {
  for (const size of SIZES) {
    const reader = readerOf('{"a":[1]}\n[]\n"x" 12', { size });
    await reader.enter('{');
    expect(await reader.nextKey()).toBe('a');
    await reader.enter('[');
    await reader.nextElement();
    await reader.skip();
    expect(await reader.nextElement()).toBe(false);
    expect(await reader.nextKey()).toBeUndefined();
    await reader.enter('[');
    expect(await reader.nextElement()).toBe(false);
    expect(parse(await reader.slice())).toBe('x');
    expect(parse(await reader.slice())).toBe(12);
    await reader.end();
  }
});

test('a slice is the bytes as they stand in the input', async () => {
  for (const size of SIZES) {
    const reader = readerOf('[ {"a": 1 ,"b":[ ] } ,-0.50 , "x\\u0041" ]', { size });
    await reader.enter('[');
    const slices: string[] = [];
    for await (const batch of reader.elements()) {
      slices.push(...batch.map((bytes) => Buffer.from(bytes).toString()));
    }
    expect(slices).toEqual(['{"a": 1 ,"b":[ ] }', '-0.50', '"x\\u0041"']);
  }
});

test('skip passes over values of any kind and leaves what follows', async () => {
  const json = '{"a":[[{"x":"]}"}],"\\"]"],"b":12,"c":"}\\\\","d":{},"keep":1,"e":true}';
  for (const size of SIZES) {
    const reader = readerOf(json, { size });
    await reader.enter('{');
    const keys: string[] = [];
    let kept: unknown;
    for (let key = await reader.nextKey(); key !== undefined; key = await reader.nextKey()) {
      keys.push(key);
      if (key === 'keep') kept = parse(await reader.slice());
      else await reader.skip();
    }
    await reader.end();
    expect(keys).toEqual(['a', 'b', 'c', 'd', 'keep', 'e']);
    expect(kept).toBe(1);
    expect(reader.offset).toBe(json.length);
  }
});

test('skip passes over white space first, and over a bare value at the end of the input', async () => {
  for (const size of SIZES) {
    const spaced = readerOf('{"a" : \n 1 , "b": {} }', { size });
    await spaced.enter('{');
    for (const key of ['a', 'b']) {
      expect(await spaced.nextKey()).toBe(key);
      await spaced.skip();
    }
    expect(await spaced.nextKey()).toBeUndefined();
    for (const bare of [' 12', 'null', '"x"']) {
      const reader = readerOf(bare, { size });
      await reader.skip();
      await reader.end();
    }
    for (const json of ['{"a":}', '{"a":,']) {
      const reader = readerOf(json, { size });
      await reader.enter('{');
      await reader.nextKey();
      expect(await errorOf(reader.skip())).toMatchObject({
        code: 'SCHEMA_INVALID_JSON',
        offset: 5,
      });
    }
    const code = (await errorOf(readerOf('  ', { size }).skip())).code;
    expect(code).toBe('SCHEMA_JSON_ENDS_EARLY');
  }
});

test('what is in memory comes in one batch', async () => {
  const elements = readerOf('[{"a":1},[2],{"c":3}]');
  await elements.enter('[');
  const sizes: number[] = [];
  for await (const batch of elements.elements()) sizes.push(batch.length);
  expect(sizes).toEqual([3]);
  const members = readerOf('{"a":{},"b":[],"c":{}}');
  await members.enter('{');
  for await (const batch of members.members()) sizes.push(batch.length);
  expect(sizes).toEqual([3, 3]);
});

test('no batch is empty', async () => {
  for (const values of [[], [1], [{}, 1, {}, [], 'a']]) {
    for (const size of SIZES) {
      const elements = readerOf(JSON.stringify(values), { size });
      await elements.enter('[');
      for await (const batch of elements.elements()) expect(batch).not.toHaveLength(0);
      const members = readerOf(JSON.stringify({ ...values }), { size });
      await members.enter('{');
      for await (const batch of members.members()) expect(batch).not.toHaveLength(0);
    }
  }
});

test('input that ends anywhere inside the document ends early, however it is read and cut', async () => {
  const bytes = bytesOf(DOCUMENT.trimEnd());
  for (let length = 0; length < bytes.length; length += 1) {
    for (const way of WAYS) {
      for (const size of [0, 1, 3, 1000]) {
        const error = await errorOf(readDocument(cut(bytes.subarray(0, length), size), () => way));
        const label = `${length} bytes, ${way}, chunks of ${size}`;
        expect(error.code, label).toBe('SCHEMA_JSON_ENDS_EARLY');
        expect(error.offset, label).toBe(length);
      }
    }
  }
});

test('a number or word that the end of the input may have cut is not handed out', async () => {
  for (const [json, whole] of [
    ['[1,2', ['1']],
    ['[tru', []],
    ['[{},-', ['{}']],
  ] as const) {
    const reader = readerOf(json);
    await reader.enter('[');
    const found: string[] = [];
    const reading = (async () => {
      for await (const batch of reader.elements()) {
        found.push(...batch.map((bytes) => Buffer.from(bytes).toString()));
      }
    })();
    expect((await errorOf(reading)).code).toBe('SCHEMA_JSON_ENDS_EARLY');
    expect(found).toEqual(whole);
  }
  const reader = readerOf('{"a":1');
  await reader.enter('{');
  await reader.nextKey();
  expect((await errorOf(reader.skip())).code).toBe('SCHEMA_JSON_ENDS_EARLY');
});

test.each([
  ['[1 2]', 'a missing comma', 3],
  ['[{} {}]', 'a missing comma between objects', 4],
  ['["a""b"]', 'a missing comma between strings', 4],
  ['[1"b"]', 'a missing comma before a string', undefined],
  ['{"a":1 "b":2}', 'a missing comma between members', 7],
  ['{"a":{} "b":{}}', 'a missing comma between members that are objects', 8],
  ['[1,]', 'a trailing comma', 3],
  ['[{},]', 'a trailing comma after an object', 4],
  ['{"a":1,}', 'a trailing comma in an object', 7],
  ['{"a":{},}', 'a trailing comma after a member that is an object', 8],
  ['[1,,2]', 'two commas', 3],
  ['[{},,{}]', 'two commas between objects', 4],
  ['{"a":1,,"b":2}', 'two commas between members', 7],
  ['[,1]', 'a comma before the first element', 1],
  ['{,"a":1}', 'a comma before the first member', 1],
  ['[1}', 'the wrong bracket', 2],
  ['[{}}', 'the wrong bracket after an object', 3],
  ['[}', 'the wrong bracket at once', 1],
  ['{"a":1]', 'the wrong bracket for an object', 6],
  ['{"a" 1}', 'a missing colon', 5],
  ['{"a":}', 'a missing value', 5],
  ['{"a"::1}', 'two colons', 5],
  ['{a:1}', 'a key without quotes', 1],
  ['{1:1}', 'a number as key', 1],
  ['[1]]', 'a bracket too many', 3],
  ['[1] x', 'something after the end', 4],
  ['[1:2]', 'a colon in an array', 2],
  ['\u0000\u0001', 'garbage', undefined],
  ['hello', 'a bare word', undefined],
  ['[1,2,nul]', 'half a word', undefined],
  ['["\u0001"]', 'a control character in a string', undefined],
  ['{"\\x":1}', 'an escape in a key that JSON has not', undefined],
  ['{"\\x":{}}', 'such an escape before an object', undefined],
  ['{"a":{]}}', 'brackets that do not match', undefined],
])('%j (%s) is invalid', async (json, _what, offset) => {
  for (const way of WAYS) {
    for (const size of SIZES) {
      const error = await errorOf(readDocument(cut(bytesOf(json), size), () => way));
      expect(error.code, `${way}, chunks of ${size}`).toBe('SCHEMA_INVALID_JSON');
      if (way === 'enter' && offset !== undefined) expect(error.offset).toBe(offset);
    }
  }
});

test('errors name the byte and what stands there', async () => {
  const messageOf = async (json: string) =>
    (await errorOf(readDocument([bytesOf(json)], () => 'enter'))).message;
  expect(await messageOf('[1 2]')).toBe('byte 3: expected , or ], found 2');
  expect(await messageOf('{"a":1 \u0001}')).toBe('byte 7: expected , or }, found byte 0x1');
  expect(await messageOf('["é" "a"]')).toBe('byte 6: expected , or ], found "');
  expect(await messageOf('[1,]')).toBe('byte 3: a comma before nothing');
  expect(await messageOf('{a:1}')).toBe('byte 1: expected a key in quotes');
  expect(await messageOf('{"a"}')).toBe('byte 4: expected : after a key');
  expect(await messageOf('{"a":}')).toBe('byte 5: expected a value');
  expect(await messageOf('{"\\x":1}')).toBe('byte 5: a key that is no JSON string');
  expect(await messageOf('[1]2')).toBe('byte 3: unexpected 2 after the end');
  expect(await messageOf('[1,')).toBe('the input ends early, at byte 3');
  const reader = readerOf(' [');
  expect((await errorOf(reader.enter('{'))).message).toBe('byte 1: expected {, found [');
});

test('a value larger than maxValueBytes is refused, whether it is in memory or not; skip passes over it', async () => {
  const large = `{"x":"${'y'.repeat(100)}"}`;
  for (const size of SIZES) {
    for (const json of [`[{},${large}]`, `["${'y'.repeat(100)}"]`, `[${'1'.repeat(100)}]`]) {
      const reader = readerOf(json, { size, maxValueBytes: 99 });
      await reader.enter('[');
      const error = await errorOf(drain(reader.elements()));
      expect(error).toMatchObject({
        code: 'SCHEMA_VALUE_TOO_LARGE',
        offset: json.startsWith('[{}') ? 4 : 1,
      });
      expect(error.message).toMatch(/^the value at byte \d is larger than 99 bytes$/);
    }
    const members = readerOf(`{"a":{},"b":${large}}`, { size, maxValueBytes: 99 });
    await members.enter('{');
    expect((await errorOf(drain(members.members()))).code).toBe('SCHEMA_VALUE_TOO_LARGE');
    const exact = readerOf(`[${large}]`, { size, maxValueBytes: large.length });
    await exact.enter('[');
    await drain(exact.elements());
    const skipping = readerOf(`[${large}]`, { size, maxValueBytes: 10 });
    await skipping.skip();
    await skipping.end();
  }
});

test('a number of exactly maxValueBytes is handed out, though its end is seen only behind it', async () => {
  for (const size of SIZES) {
    const reader = readerOf(`[${'1'.repeat(10)}]`, { size, maxValueBytes: 10 });
    await reader.enter('[');
    await drain(reader.elements());
  }
});

test('a value that is too large is refused before it is read to its end', async () => {
  const bytes = bytesOf(`["${'x'.repeat(100_000)}`);
  let taken = 0;
  async function* source(): AsyncGenerator<Uint8Array> {
    for (const chunk of cut(bytes, 100)) {
      taken += chunk.length;
      yield chunk;
    }
  }
  const reader = new JsonReader(source(), { maxValueBytes: 1000 });
  await reader.enter('[');
  await reader.nextElement();
  expect((await errorOf(reader.slice())).code).toBe('SCHEMA_VALUE_TOO_LARGE');
  expect(taken).toBeLessThan(1300);
});

test('one huge value in small chunks is copied a few times only', async () => {
  const size = 4 * 1024 * 1024;
  const bytes = bytesOf(`[1, {"text":"${'x'.repeat(size)}"}, 2]`);
  const copied = await countCopied(async () => {
    const value = await readDocument(cut(bytes, 512), () => 'enter');
    expect((value as [number, { text: string }])[1].text.length).toBe(size);
  });
  expect(copied).toBeLessThan(4 * size);
});

test('one huge value that is skipped is not copied', async () => {
  const bytes = bytesOf(`{"text":"${'x\\"'.repeat(1024 * 1024)}"}`);
  const copied = await countCopied(async () => {
    const reader = new JsonReader(fromChunks(cut(bytes, 512)));
    await reader.skip();
    await reader.end();
  });
  expect(copied).toBeLessThan(1024);
});

test('values nested a million deep are walked over without recursion', async () => {
  const deep = `${'[{"a":'.repeat(500_000)}1${'}]'.repeat(500_000)}`;
  const reader = readerOf(`{"x":${deep},"y":1}`, { size: 4096 });
  await reader.enter('{');
  await reader.nextKey();
  await reader.skip();
  expect(await reader.nextKey()).toBe('y');
});

test('offset counts bytes of the input, over chunks', async () => {
  for (const size of SIZES) {
    const reader = readerOf('  [ "é", 2 ]  ', { size });
    expect(await reader.peek()).toBe(0x5b);
    expect(reader.offset).toBe(2);
    await reader.enter('[');
    await reader.nextElement();
    await reader.slice();
    expect(reader.offset).toBe(8);
    await reader.nextElement();
    await reader.slice();
    expect(await reader.nextElement()).toBe(false);
    await reader.end();
    expect(reader.offset).toBe(15);
    expect(await reader.peek()).toBeUndefined();
  }
});

test('a batch gives its bytes in one buffer, and the reader stands behind the last', async () => {
  const json = '[{"a":1}, {"b":2}, [3], {"c":"……"} ]';
  for (const size of SIZES) {
    const reader = readerOf(json, { size });
    await reader.enter('[');
    for await (const batch of reader.elements()) {
      const last = batch.at(-1) as Uint8Array;
      const before = reader.offset - last.byteOffset - last.length;
      for (const bytes of batch) {
        const at = before + bytes.byteOffset;
        expect(bytesOf(json).subarray(at, at + bytes.length)).toEqual(Buffer.from(bytes));
      }
    }
  }
});

test('close releases the source; errors of the source pass through', async () => {
  let released = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      yield bytesOf('[1,');
      yield bytesOf('2]');
    } finally {
      released = true;
    }
  }
  const reader = new JsonReader(source());
  await reader.enter('[');
  await reader.close();
  expect(released).toBe(true);
  await new JsonReader({
    [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }),
  }).close();
  const failure = new Error('disk');
  const failing = new JsonReader({
    [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(failure) }),
  });
  await expect(failing.peek()).rejects.toBe(failure);
});

async function drain(batches: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of batches);
}

function bytesOf(json: string): Uint8Array {
  return Buffer.from(json);
}

function readerOf(
  json: string,
  { size = json.length * 4, ...options }: JsonReaderOptions & { size?: number } = {},
): JsonReader {
  return new JsonReader(fromChunks(cut(bytesOf(json), size)), options);
}

async function errorOf(promise: Promise<unknown>): Promise<SchemaError> {
  const error = await promise.then(
    (value) => new Error(`no error, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  if (error instanceof SchemaError) return error;
  throw error;
}

/** How many bytes are copied between typed arrays meanwhile. */
async function countCopied(run: () => Promise<void>): Promise<number> {
  const prototype = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const original = prototype.set;
  let copied = 0;
  prototype.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
    copied += source.length;
    Reflect.apply(original, this, [source, offset]);
  };
  try {
    await run();
  } finally {
    prototype.set = original;
  }
  return copied;
}
