// What a JSON text says, by a reader that has nothing in common with the one that is tried: `JSON.parse` says what is valid, and
// each integer is taken from the text with all its digits.

import { type Buffer, isUtf8 } from 'node:buffer';

/** Messages by id, each as text that is equal where what it says is equal. */
export type Said = ReadonlyMap<string, string>;

/**
 * The messages of a conversation of today's version, by an independent reading; `undefined` where the text is no JSON, of another
 * version, or odd: where keys of the document or of the messages occur twice, or deeper than this reader goes.
 */
export function messagesSaid(bytes: Buffer): Said | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  const document = parse(text);
  if (!isMembers(document) || hasTwice(document)) return undefined;
  const [messages, metadata] = ['messages', 'metadata'].map((key) => memberOf(document, key));
  if (!isMembers(messages) || hasTwice(messages) || !isMembers(metadata)) return undefined;
  if (memberOf(metadata, 'schema_version') !== '1') return undefined;
  return new Map(messages.map(([key, value]) => [key, toText(value)]));
}

/** Equal for equal values, whatever the order of keys. */
export function canonical(value: unknown): string {
  return textOf(value, (one) => {
    if (typeof one === 'bigint') return String(one);
    if (typeof one === 'number') return String(one === 0 ? 0 : one);
    if (typeof one !== 'object' || one === null) return JSON.stringify(one) ?? 'undefined';
    return Array.isArray(one) ? { items: one } : { members: Object.entries(one) };
  });
}

type Shape<T> =
  | string
  | { readonly items: readonly T[] }
  | { readonly members: readonly (readonly [key: string, value: T])[] };

/** Without recursion, and with little kept of each level: files nest as deeply as they please. */
function textOf<T>(root: T, shapeOf: (value: T) => Shape<T>): string {
  const texts: string[] = [];
  const open: (Text | { readonly value: T })[] = [{ value: root }];
  for (let next = open.pop(); next; next = open.pop()) {
    const shape = next instanceof Text ? next.text : shapeOf(next.value);
    if (typeof shape === 'string') {
      texts.push(shape);
    } else if ('items' in shape) {
      texts.push('[');
      open.push(END_OF_LIST);
      for (const value of shape.items.toReversed()) open.push(COMMA, { value });
    } else {
      texts.push('{');
      open.push(END_OF_OBJECT);
      const members = [...shape.members].sort(([a], [b]) => (a < b ? 1 : -1));
      for (const [key, value] of members) {
        open.push(COMMA, { value }, new Text(`${JSON.stringify(key)}:`));
      }
    }
  }
  return texts.join('');
}

class Text {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const END_OF_LIST = new Text(']');
const END_OF_OBJECT = new Text('}');
const COMMA = new Text(',');

/** The members of an object in their order; a list; or the text of anything else. */
type Value = Member[] | { readonly items: Value[] } | string;
type Member = readonly [key: string, value: Value];

interface Open {
  readonly value: Exclude<Value, string>;
  key: string | undefined;
}

/** Of valid JSON only; `undefined` where it is nested more deeply than is worth the memory. */
function parse(text: string): Value | undefined {
  const open: Open[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === ',' || token === ':') continue;
    const around = open.at(-1);
    if (token === '[' || token === '{') {
      if (open.length === DEEPEST) return undefined;
      open.push({ value: token === '[' ? { items: [] } : [], key: undefined });
    } else if (token === ']' || token === '}') {
      open.pop();
      const ended = (around as Open).value;
      if (open.length === 0) return ended;
      put(ended, open.at(-1));
    } else if (around && isMembers(around.value) && around.key === undefined) {
      around.key = JSON.parse(token) as string;
    } else {
      put(textOfToken(token), around);
    }
  }
  return undefined;
}

function put(value: Value, into: Open | undefined): void {
  if (!into) return;
  if (!isMembers(into.value)) into.value.items.push(value);
  else into.value.push([into.key as string, value]);
  into.key = undefined;
}

function textOfToken(token: string): string {
  const isLarge = /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token));
  return isLarge ? String(BigInt(token)) : canonical(JSON.parse(token));
}

const DEEPEST = 50_000;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

function isMembers(value: Value | undefined): value is Member[] {
  return Array.isArray(value);
}

/** Of a key that occurs twice the last one stands, as for `JSON.parse`. */
function memberOf(members: readonly Member[], wanted: string): Value | undefined {
  return new Map(members).get(wanted);
}

function hasTwice(members: readonly Member[]): boolean {
  return new Map(members).size < members.length;
}

function toText(root: Value): string {
  return textOf<Value>(root, (value) =>
    isMembers(value) ? { members: [...new Map(value)] } : value,
  );
}
