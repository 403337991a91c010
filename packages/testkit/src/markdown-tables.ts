/** A table of a Markdown file, its cells without the blanks around them. */
export interface MarkdownTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The tables of a Markdown text; a `\|` in a cell is a `|`. */
export function readTables(markdown: string): MarkdownTable[] {
  return [...markdown.matchAll(/(?:^ *\|.*\|$\n?){2,}/gm)].map(([table]) => {
    const [header = [], , ...rows] = table.trim().split('\n').map(readCells);
    return { header, rows };
  });
}

/** What stands in backticks. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}

function readCells(line: string): string[] {
  const cells = line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/);
  return cells.map((cell) => cell.replaceAll('\\|', '|').trim());
}
