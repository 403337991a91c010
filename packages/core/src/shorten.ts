/** The beginning of a text that has more than so many characters, and a sign that it goes on. */
export function shorten(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}
