const PEOPLE = 8;

/** Which of the eight colours of people (`--person-0`, `--disc-0`, …) an id has, always the same. */
export function personIndex(id: string): number {
  let hash = 7;
  for (const character of id) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % PEOPLE;
}
