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
    return read(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

function read(text: string): Said | undefined {
  const document = new Reader(text).value();
  if (!isMembers(document) || hasTwice(document)) return undefined;
  const [messages, metadata] = ['messages', 'metadata'].map((key) => memberOf(document, key));
  if (!isMembers(messages) || hasTwice(messages) || !isMembers(metadata)) return undefined;
  if (memberOf(metadata, 'schema_version') !== '1') return undefined;
  return new Map(messages.map(([key, value]) => [key, toText(value)]));
}

/** Equal for equal values, whatever the order of keys. */
export function canonical(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return String(value === 0 ? 0 : value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = Object.entries(value).map(
    ([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`,
  );
  return `{${members.sort().join()}}`;
}

/** The members of an object in their order; a list; or the text of anything else. */
type Value = Member[] | { readonly items: Value[] } | string;
type Member = readonly [key: string, value: Value];

class Reader {
  readonly #tokens: RegExpStringIterator<RegExpExecArray>;

  /** Of valid JSON only. */
  constructor(text: string) {
    this.#tokens = text.matchAll(TOKEN);
  }

  value(token = this.#next()): Value {
    if (token === '[') return { items: this.#list(']', (first) => this.value(first)) };
    if (token === '{') {
      return this.#list('}', (key): Member => {
        this.#next();
        return [JSON.parse(key) as string, this.value()];
      });
    }
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) return String(BigInt(token));
    return canonical(JSON.parse(token));
  }

  #list<T>(close: string, read: (first: string) => T): T[] {
    const items: T[] = [];
    for (let token = this.#next(); token !== close; token = this.#next()) {
      if (token !== ',') items.push(read(token));
    }
    return items;
  }

  #next(): string {
    const { value } = this.#tokens.next();
    return value?.[0] ?? '';
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

function isMembers(value: Value | undefined): value is Member[] {
  return Array.isArray(value);
}

function memberOf(members: readonly Member[], wanted: string): Value | undefined {
  return members.find(([key]) => key === wanted)?.[1];
}

function hasTwice(members: readonly Member[]): boolean {
  return new Set(members.map(([key]) => key)).size < members.length;
}

function toText(value: Value): string {
  if (typeof value === 'string') return value;
  if (!isMembers(value)) return `[${value.items.map(toText).join()}]`;
  // of a key that occurs twice the last one stands, as for JSON.parse
  const members = [...new Map(value)].map(
    ([key, item]) => `${JSON.stringify(key)}:${toText(item)}`,
  );
  return `{${members.sort().join()}}`;
}
