/** The characters that are equal to a character when case does not count, itself among them: K is k and the Kelvin sign. */
export type CaseVariants = (character: string) => string[];

/** Finds variants as regular expressions do, by asking one; the Unicode version is that of the process. */
export function caseVariants(): CaseVariants {
  // beyond these two planes nothing has case
  const characters = charactersUpTo(0x1_ff_ff);
  return (character) => {
    const equal = new RegExp(escapeRegExp(character), 'giu');
    return [...new Set([character, ...(characters.match(equal) ?? [])])];
  };
}

/** The source of a regular expression, with flag `u` or without, that matches this text. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function charactersUpTo(last: number): string {
  let characters = '';
  for (let block = 0; block <= last; block += BLOCK) {
    if (block >= 0xd8_00 && block < 0xe0_00) continue; // halves of pairs are no characters
    characters += String.fromCodePoint(
      ...Array.from({ length: BLOCK }, (_, index) => block + index),
    );
  }
  return characters;
}

const BLOCK = 0x4_00;
