/** How many columns of a terminal a text takes: two for East Asian and emoji, none for combining marks. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += /^\p{M}/u.test(segment) ? 0 : WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

const WIDE =
  /^[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|\ufe0f|^[\u{20000}-\u{3fffd}]/u;
const segmenter = new Intl.Segmenter();
