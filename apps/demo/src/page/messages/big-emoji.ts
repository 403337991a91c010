const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How many emoji a text is made of, if it is nothing else and at most three; else 0. */
export function countBigEmoji(text: string): number {
  if (text.length === 0 || text.length > 48) return 0;
  let count = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (
      !/^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[\d#*]\uFE0F\u20E3)/u.test(segment)
    )
      return 0;
    count += 1;
  }
  return count <= 3 ? count : 0;
}
