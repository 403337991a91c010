import { type ByteFilter, isEscaped } from './byte-filter.ts';
import { type CaseVariants, caseVariants } from './case-variants.ts';

/** Passes the lines whose text has the longest part of `query` that needs no escapes; `undefined` where no part does not. */
export function literalFilter(
  query: string,
  { caseSensitive }: { readonly caseSensitive: boolean },
): ByteFilter | undefined {
  const run = longestPlainRun(query);
  if (run === '') return undefined;
  const variants: CaseVariants = caseSensitive ? (character) => [character] : caseVariants();
  const pattern = new RegExp([...run].map((character) => anyOf(variants(character))).join(''), 'g');
  return (bytes) => {
    const isInText = textLookup(bytes);
    return (from) => {
      pattern.lastIndex = from;
      for (let match = pattern.exec(bytes); match; match = pattern.exec(bytes)) {
        if (isInText(match.index)) return match.index;
      }
      return -1;
    };
  };
}

/** The longest part of a text, in bytes, that JSON writes as it is, or else with \u. */
function longestPlainRun(text: string): string {
  const runs = text.split(UNPLAIN);
  return runs.reduce((best, run) =>
    Buffer.byteLength(run) > Buffer.byteLength(best) ? run : best,
  );
}

/** A pattern for any of these characters, in UTF-8 with a character for each byte. */
function anyOf(characters: readonly string[]): string {
  const lastBytes = new Map<string, string>();
  for (const character of characters) {
    const bytes = [...Buffer.from(character)].map(
      (byte) => `\\x${byte.toString(16).padStart(2, '0')}`,
    );
    const head = bytes.slice(0, -1).join('');
    lastBytes.set(head, (lastBytes.get(head) ?? '') + bytes.at(-1));
  }
  const patterns = [...lastBytes].map(([head, last]) =>
    last.length > 4 ? `${head}[${last}]` : head + last,
  );
  return patterns.length > 1 ? `(?:${patterns.join('|')})` : (patterns[0] as string);
}

/**
 * Tells whether an offset within a string is within one behind a key `text`; asked for ascending offsets. For the string of the
 * offset asked before it says no: had it said yes, the rest of the line would not be asked for.
 */
function textLookup(bytes: string): (at: number) => boolean {
  let seen = 0;
  return (at) => {
    // only back to the offset before, so that a long string is not walked through again and again
    let quote = at - 1;
    while (quote >= seen && (bytes.charCodeAt(quote) !== QUOTE || isEscaped(bytes, quote))) {
      quote -= 1;
    }
    const isInText = quote >= seen && followsKey(bytes, quote);
    seen = at;
    return isInText;
  };
}

function followsKey(bytes: string, quote: number): boolean {
  const colon = skipBlanks(bytes, quote - 1);
  if (colon < 0) return true; // its key may stand in the block before
  if (bytes[colon] !== ':') return false;
  const end = skipBlanks(bytes, colon - 1);
  return end < 0 || bytes.startsWith(KEY, end + 1 - KEY.length);
}

/** The last offset, from one backwards, at which no white space stands; -1 where there is none. */
function skipBlanks(bytes: string, from: number): number {
  let at = from;
  while (at >= 0 && BLANKS.includes(bytes[at] as string)) at -= 1;
  return at;
}

// what JSON writes or may write with a backslash and one letter, and halves of pairs, which have no UTF-8
const UNPLAIN = /["\\/\p{Cs}\p{Cc}]/u;
const KEY = '"text"';
const BLANKS = ' \t\r\n';
const QUOTE = 0x22;
