import type { Command, Help } from 'commander';

/** On narrow terminals what is said of an option stands below it. */
export const helpLayout = {
  showGlobalOptions: true,
  sortSubcommands: false,
  minWidthToWrap: 24,
  subcommandTerm: nameAndArguments,
  formatItem(this: Help, term: string, width: number, description: string, helper: Help): string {
    const columns = this.helpWidth ?? 80;
    if (columns - width >= LEAST_ROOM || description === '') {
      return `  ${term.padEnd(width)}  ${indent(helper, description, columns - width - 4, width + 4)}`.trimEnd();
    }
    return `  ${term}\n      ${indent(helper, description, columns - 6, 6)}`;
  },
};

/** Lines that commander leaves as they are, wrapped by words; commands stay in one line, to be copied. */
export function wrapHelp(text: string, columns: number): string {
  const wrap = (line: string): string => {
    if (line.length <= columns || line.startsWith('  tgstore ')) return line;
    const pattern = new RegExp(`(.{1,${columns - 6}})(?: |$)`, 'g');
    const first = line.slice(0, columns).lastIndexOf(' ');
    return `${line.slice(0, first)}\n${line.slice(first + 1).replace(pattern, '      $1\n')}`.trimEnd();
  };
  return text.split('\n').map(wrap).join('\n');
}

/** Without `[options]`, which nearly all have, the list fits a narrow terminal. */
function nameAndArguments(command: Command): string {
  const terms = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [command.name(), ...terms].join(' ');
}

function indent(helper: Help, text: string, columns: number, by: number): string {
  return helper.boxWrap(text, columns).replaceAll('\n', `\n${' '.repeat(by)}`);
}

const LEAST_ROOM = 30;
