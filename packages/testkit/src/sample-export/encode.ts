/**
 * Turns text laid out by layout.ts into bytes, with the two defects of the original writer or without:
 * other control characters as `\x0C` (legal: `\u000C`), and U+2028 and U+2029 as an escape that is followed by the last
 * two of the character's three bytes (legal: the escape alone).
 */
export function encode(text: string, defects: boolean): Uint8Array {
  if (!special.test(text)) return Buffer.from(text);
  const escapedControls = text.replace(controls, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0');
    return defects ? `\\x${code}` : `\\u00${code}`;
  });
  const pieces = escapedControls.split(separators);
  return Buffer.concat(pieces.map((piece) => encodePiece(piece, defects)));
}

// \n is the line end of the layout; inside strings it is escaped already
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this file is about
const special = /[\0-\t\v-\x1f\u2028\u2029]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const controls = /[\0-\t\v-\x1f]/g;
const separators = /([\u2028\u2029])/;

function encodePiece(piece: string, defects: boolean): Buffer {
  if (piece === '\u2028') return separator('\\u2028', 0xa8, defects);
  if (piece === '\u2029') return separator('\\u2029', 0xa9, defects);
  return Buffer.from(piece);
}

function separator(escaped: string, lastByte: number, defects: boolean): Buffer {
  const clean = Buffer.from(escaped);
  return defects ? Buffer.concat([clean, Buffer.of(0x80, lastByte)]) : clean;
}
