/** One line of the table of docs/reliability.md. */
export interface Line {
  readonly proof: string;
  readonly what: string;
  readonly cells: readonly string[];
}

const HEAD = ['proof', 'of', 'tried', 'violations', 'seen', 'took', 'seed'];
const BEGIN = '<!-- prove -->';
const END = '<!-- /prove -->';

export function formatTable(lines: readonly Line[]): string {
  const rows = lines.map(({ proof, what, cells }) => [proof, what, ...cells]);
  return [HEAD, HEAD.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n');
}

/**
 * Puts lines into the table between the marks of a document: those of a proof and check that it has are replaced, others follow it.
 *
 * @throws where it has no marks
 */
export function putIntoDocument(document: string, lines: readonly Line[]): string {
  const [start, end] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`the document has no ${BEGIN} … ${END}`);
  const table = new Map<string, Line>();
  for (const line of [...readTable(document.slice(start, end)), ...lines]) {
    table.set(`${line.proof}\n${line.what}`, line);
  }
  const before = document.slice(0, start + BEGIN.length);
  return `${before}\n\n${formatTable([...table.values()])}\n\n${document.slice(end)}`;
}

function readTable(text: string): Line[] {
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  return rows.slice(2).map((row) => {
    const cells = row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.replaceAll('\\|', '|'));
    const [proof = '', what = '', ...others] = cells;
    return { proof, what, cells: others };
  });
}
