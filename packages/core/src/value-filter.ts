import { type ByteFilter, isEscaped } from './byte-filter.ts';

/** Passes the lines with a text for which `matches` is true; each text is cut out of its line and decoded alone. */
export function valueFilter(matches: (text: string) => boolean): ByteFilter {
  return (bytes, block) => (from) => {
    for (let key = bytes.indexOf(KEY, from); key >= 0; key = bytes.indexOf(KEY, key + KEY.length)) {
      const start = startOfValue(bytes, key);
      if (start === undefined) continue;
      const end = endOfString(bytes, start);
      const text =
        end < 0
          ? undefined
          : decode(bytes.slice(start, end), () => block.toString('utf8', start, end));
      // what is no JSON passes, or goes on in the next block: whoever parses it says so
      if (text === undefined || matches(text)) return key;
      key = end - KEY.length;
    }
    return -1;
  };
}

/** Behind the opening quotation mark of the value, or at the end of the bytes; `undefined` where the value is no string. */
function startOfValue(bytes: string, key: number): number | undefined {
  const end = key + KEY.length;
  if (bytes.startsWith(':"', end)) return end + 2;
  const beginning = /\s*(?::\s*(?:"|$)|$)/y;
  beginning.lastIndex = end;
  return beginning.test(bytes) ? beginning.lastIndex : undefined;
}

function endOfString(bytes: string, start: number): number {
  let quote = bytes.indexOf('"', start);
  while (quote >= 0 && isEscaped(bytes, quote)) quote = bytes.indexOf('"', quote + 1);
  return quote;
}

/** The text of a JSON string, given as a character for each byte; `undefined` where it is none. */
function decode(bytes: string, decodeUtf8: () => string): string | undefined {
  if (!UNPLAIN.test(bytes)) return bytes;
  const text = decodeUtf8();
  if (!text.includes('\\')) return text;
  try {
    return JSON.parse(`"${text}"`);
  } catch {
    return undefined;
  }
}

const KEY = '"text"';
const UNPLAIN = /[\\\x80-\xff]/;
