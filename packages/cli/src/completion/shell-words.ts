/** Words before the cursor, and what is typed of the one in which it is. */
export interface TypedWords {
  readonly before: readonly string[];
  readonly current: string;
  /** Of `current`, what the shell does not replace. */
  readonly kept: string;
}

/** Words as bash hands them over: raw, and cut at each `=` and `:`. */
export function readBashWords(before: readonly string[], current: string): TypedWords {
  const words: string[] = [];
  let isGlued = false;
  for (const piece of [...before, current]) {
    const isSeparator = /^[=:]+$/.test(piece);
    if ((isSeparator || isGlued) && words.length > 0) words[words.length - 1] += piece;
    else words.push(piece);
    isGlued = isSeparator;
  }
  // after `--store=` nothing is typed yet, but bash says that `=` is
  const whole = words.pop() ?? '';
  const replaced = isGlued ? '' : current;
  return {
    before: words.map(unquote),
    current: unquote(whole),
    kept: unquote(whole.slice(0, whole.length - replaced.length)),
  };
}

/** A word without its quotes and backslashes, of which the last may not be closed yet. Nothing is run or looked up. */
function unquote(word: string): string {
  return word.replace(
    /'([^']*)'?|"((?:[^"\\]|\\.)*)"?|\\(.?)/gs,
    (_all, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
  );
}
