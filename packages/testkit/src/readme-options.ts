import { type MarkdownTable, namesIn } from './markdown-tables.ts';
import { normalizeType, type PublicOption } from './public-api.ts';

/**
 * What tables of options say that the types do not, or leave out. A table of options has columns `type` and `default`, and in its
 * first column names in backticks: `Interface.option`, or `option` of each interface (or function) that the header names there.
 */
export function compareOptions(
  tables: readonly MarkdownTable[],
  options: ReadonlyMap<string, readonly PublicOption[]>,
): string[] {
  const problems: string[] = [];
  const said = new Set<string>();
  for (const { header, rows } of tables) {
    const [typeColumn, defaultColumn] = [header.indexOf('type'), header.indexOf('default')];
    if (typeColumn < 0 || defaultColumn < 0) continue;
    const owners = namesIn(header[0] ?? '');
    for (const row of rows) {
      const names = namesIn(row[0] ?? '').flatMap((name) =>
        name.includes('.') ? [name] : owners.map((owner) => `${owner}.${name}`),
      );
      if (names.length === 0) problems.push(`${row[0]}: nobody has this option`);
      for (const name of names) {
        said.add(name);
        const [owner = '', option = ''] = name.split('.');
        const known = options.get(owner)?.find((one) => one.name === option);
        const problem = known
          ? compareOption(known, row[typeColumn], row[defaultColumn], row)
          : 'there is none';
        if (problem !== undefined) problems.push(`${name}: ${problem}`);
      }
    }
  }
  const all = [...options].flatMap(([owner, known]) => known.map(({ name }) => `${owner}.${name}`));
  return [
    ...problems,
    ...all.filter((name) => !said.has(name)).map((name) => `${name}: no table has it`),
  ];
}

function compareOption(
  option: PublicOption,
  type = '',
  standard = '',
  row: readonly string[] = [],
): string | undefined {
  const saidType = normalizeType(type.replaceAll('`', ''));
  if (saidType !== option.type) return `its type is ${option.type}, not ${saidType}`;
  const [saidDefault, realDefault] = [standard, option.default].map((one) =>
    one.replaceAll('`', ''),
  );
  if (saidDefault !== realDefault && saidDefault?.startsWith(`${realDefault} `) !== true) {
    return `its default is ${realDefault}, not ${saidDefault}`;
  }
  return option.unit === undefined || row.join(' ').includes(option.unit)
    ? undefined
    : `its unit is ${option.unit}, which is not said`;
}
