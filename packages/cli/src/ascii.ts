import { displayWidth } from './display-width.ts';

/** Text for a terminal that shows nothing but ASCII: our signs spelled out, a ? for each column that it can't show. */
export function toAscii(text: string): string {
  return text.replace(FOREIGN, (part) => {
    let result = '';
    for (const { segment } of segmenter.segment(part)) {
      result += SIGNS[segment] ?? '?'.repeat(displayWidth(segment));
    }
    return result;
  });
}

/** JSON that says the same in ASCII. */
export function toAsciiJson(text: string): string {
  return text.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const SIGNS: Readonly<Record<string, string>> = {
  '…': '...',
  '·': '-',
  '→': '->',
  '⏎': '\\n',
  '×': 'x',
  '’': "'",
  '‘': "'",
  '“': '"',
  '”': '"',
  '–': '-',
  '—': '-',
  '\u00a0': ' ',
};
const FOREIGN = /[^\0-\x7f]+/g;
const segmenter = new Intl.Segmenter();
