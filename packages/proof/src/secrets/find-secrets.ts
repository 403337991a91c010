import { inspect } from 'node:util';
import type { Secrets } from './made-up.ts';

/** Looks for pieces of secrets, in every way in which they are likely to be written. */
export class SecretFinder {
  /** By length: pieces, and what they are of. */
  readonly #pieces = new Map<number, Map<string, string>>();

  constructor(secrets: Secrets) {
    for (const [name, whole] of Object.entries(secrets) as [string, string][]) {
      // what all such keys begin with is no secret
      const secret = whole.replace(/^AGE-SECRET-KEY-1/, '');
      for (const { how, written, length } of spellings(secret)) {
        for (let at = 0; at + length <= written.length; at += 1) {
          this.#add(written.slice(at, at + length), `${name}${how}`);
        }
      }
    }
  }

  /** What is found: each secret once, with a piece of it. */
  find(text: string | Uint8Array): string[] {
    const bytes =
      typeof text === 'string'
        ? Buffer.from(text)
        : Buffer.from(text.buffer, text.byteOffset, text.length);
    const haystack = bytes.toString('latin1');
    const found = new Map<string, string>();
    for (const [length, pieces] of this.#pieces) {
      for (let at = 0; at + length <= haystack.length; at += 1) {
        const name = pieces.get(haystack.slice(at, at + length));
        if (name !== undefined && !found.has(name))
          found.set(name, haystack.slice(at, at + length));
      }
    }
    return [...found].map(([name, piece]) => `${name} (${JSON.stringify(piece)})`);
  }

  /** As {@link find}, in all that an error shows of itself when it is printed, logged or sent. */
  findInError(error: unknown): string[] {
    return this.find(textsOf(error).join('\n'));
  }

  #add(piece: string, name: string): void {
    const pieces = this.#pieces.get(piece.length) ?? new Map<string, string>();
    this.#pieces.set(piece.length, pieces);
    if (!pieces.has(piece)) pieces.set(piece, name);
  }
}

/** How many characters of a secret are a leak. */
const LEAST = 12;

interface Spelling {
  readonly how: string;
  readonly written: string;
  /** How long the spelling of {@link LEAST} characters is, at least. */
  readonly length: number;
}

function* spellings(secret: string): Generator<Spelling> {
  const bytes = Buffer.from(secret);
  const latin = (text: string): string => Buffer.from(text).toString('latin1');
  yield { how: '', written: latin(secret), length: LEAST };
  const escaped = secret.replaceAll(/[^ -~]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  yield {
    how: ' as JSON',
    written: JSON.stringify(escaped).replaceAll('\\\\', '\\'),
    length: LEAST,
  };
  yield { how: ' as JSON', written: latin(JSON.stringify(secret)), length: LEAST };
  yield {
    how: ' as UTF-16',
    written: Buffer.from(secret, 'utf16le').toString('latin1'),
    length: 2 * LEAST,
  };
  yield { how: ' percent-encoded', written: encodeURIComponent(secret), length: LEAST };
  const hex = bytes.toString('hex');
  yield { how: ' in hex', written: hex, length: 2 * LEAST };
  yield { how: ' in hex', written: hex.toUpperCase(), length: 2 * LEAST };
  // as buffers are shown
  yield { how: ' in hex', written: hex.replaceAll(/(..)(?=.)/g, '$1 '), length: 3 * LEAST - 1 };
  yield { how: ' as bytes', written: [...bytes].join(', '), length: 4 * LEAST };
  yield { how: ' as bytes', written: [...bytes].join(','), length: 3 * LEAST };
  for (const skipped of [0, 1, 2]) {
    const base64 = bytes.subarray(skipped).toString('base64').slice(0, -4);
    yield { how: ' in base64', written: base64, length: (4 * LEAST) / 3 };
    yield {
      how: ' in base64',
      written: base64.replaceAll('+', '-').replaceAll('/', '_'),
      length: (4 * LEAST) / 3,
    };
  }
}

function textsOf(error: unknown): string[] {
  const options = {
    depth: 12,
    maxStringLength: null,
    maxArrayLength: 10_000,
    showHidden: true,
  } as const;
  const texts = [String(error), inspect(error, options), toJson(error)];
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    texts.push(at.message, at.stack ?? '', toJson({ ...at }));
  }
  return texts;
}

function toJson(value: unknown): string {
  const seen = new Set<unknown>();
  const json = JSON.stringify(value, function (this: Record<string, unknown>, key, item) {
    const real = this[key];
    if (typeof real === 'object' && real !== null) {
      if (seen.has(real)) return undefined;
      seen.add(real);
    }
    if (real instanceof Uint8Array) return Buffer.from(real).toString('hex');
    return typeof item === 'bigint' ? String(item) : item;
  });
  return json ?? '';
}
