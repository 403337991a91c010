export interface Match {
  /** In UTF-16 code units. */
  readonly offset: number;
  readonly length: number;
}

export interface SnippetPart {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Before the first match: as much as still tells what the sentence is about. */
const LEAD = 70;
const MAXIMUM = 320;

/** The text around the first match in parts, with an ellipsis where it is cut. */
export function snippetOf(text: string, matches: readonly Match[]): SnippetPart[] {
  const sound = soundMatches(text, matches);
  const first = sound[0];
  const start = text.length <= MAXIMUM ? 0 : wordStart(text, (first?.offset ?? 0) - LEAD);
  const end = wholeCharacter(text, Math.min(text.length, start + MAXIMUM));
  const parts: SnippetPart[] = [];
  const add = (from: number, to: number, isMatch: boolean) => {
    if (from < to) parts.push({ text: text.slice(from, to), isMatch });
  };
  if (start > 0) parts.push({ text: '…', isMatch: false });
  let at = start;
  for (const { offset, length } of sound) {
    if (offset >= end) break;
    const to = Math.min(offset + length, end);
    add(at, offset, false);
    add(offset, to, true);
    at = to;
  }
  add(at, end, false);
  if (end < text.length) parts.push({ text: '…', isMatch: false });
  return parts;
}

/** In order, within the text, not empty, and none over another. */
function soundMatches(text: string, matches: readonly Match[]): Match[] {
  const sound: Match[] = [];
  let end = 0;
  for (const { offset, length } of [...matches].sort((a, b) => a.offset - b.offset)) {
    const from = Math.max(offset, end);
    const to = Math.min(offset + length, text.length);
    if (from >= to) continue;
    sound.push({ offset: from, length: to - from });
    end = to;
  }
  return sound;
}

/** The beginning of the first word from `index` on, or `index` where a word is very long. */
function wordStart(text: string, index: number): number {
  if (index <= 0) return 0;
  const space = text.slice(index, index + LEAD / 2).search(/\s\S/u);
  return wholeCharacter(text, space === -1 ? index : index + space + 1);
}

/** Not between the two halves of one character. */
function wholeCharacter(text: string, index: number): number {
  const before = text.charCodeAt(index - 1);
  const after = text.charCodeAt(index);
  const isInside = before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
  return isInside ? index - 1 : index;
}
