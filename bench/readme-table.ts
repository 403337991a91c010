import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const readme = join(import.meta.dirname, 'README.md');

/** What a benchmark finds, printed as it comes. */
export class Report {
  readonly #lines: string[] = [];

  print(...lines: readonly string[]): void {
    for (const line of lines) console.log(line);
    this.#lines.push(...lines);
  }

  /** Puts all of it into the README, in place of what stands between `<!-- name -->` and `<!-- /name -->`. */
  writeToReadme(name: string): void {
    const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`];
    const [before, rest] = readFileSync(readme, 'utf8').split(start);
    if (before === undefined || rest === undefined) throw new Error(`README.md has no ${start}`);
    const after = rest.slice(rest.indexOf(end));
    writeFileSync(readme, `${before}${start}${this.#lines.join('\n')}\n${after}`);
  }
}

/** One line of a table. */
export function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`;
}
