import type { Argument, Command, Option } from 'commander';
import { createProgram } from '../src/program.ts';
import { Reporter } from '../src/reporter.ts';
import { openScreen } from '../src/screen.ts';

/** The reference of the command line, from the command tree. */
export function cliDocs(): string {
  const sink = openScreen({ write: () => true }, {});
  const { signal } = new AbortController();
  const program = createProgram(
    {
      stdin: process.stdin,
      stdout: sink,
      report: new Reporter(sink),
      env: {},
      workingDirectory: '/',
      signal,
      stopSignal: signal,
    },
    () => {},
  );
  const commands = commandsOf(program);
  const contents = commands.map((command) => {
    const name = fullName(command);
    return `- [${name}](#${name.replaceAll(' ', '-')}): ${command.summary()}`;
  });
  const statuses = new Map(commands.flatMap((command) => [...readHelp(command).statuses]));
  const ordered = [...statuses].sort(([a], [b]) => a - b);
  return `# The command line

${program.description()}

Written by \`pnpm --filter @tgstore/cli run docs\` from the commands themselves; \`tgstore COMMAND --help\` says the same.

${contents.join('\n')}

## For all commands

${optionTable(program.options)}

Where the store is: \`--store\`, then \`TGSTORE_DIR\`, then the configuration, then \`db/telegram/chats\`. \`NO_COLOR\` and \`FORCE_COLOR\` are honoured.
A command of \`--exec\` finds \`TGSTORE_CONVERSATION_ID\`, \`TGSTORE_CONVERSATION_FILE\` and \`TGSTORE_CHANGES\` (\`everything\` or \`some\`) in its environment.
Results go to standard output, everything else to standard error. With \`--json\` an error is one line on standard error: \`{"event":"error","time":…,"code":…,"message":…,"next":[…]}\`;
with \`--events\` everything that happens is ([events.md](events.md)).

| exit status | |
|---:|---|
${ordered.map(([status, text]) => `| ${status} | ${text} |`).join('\n')}

${commands.map(section).join('\n')}`;
}

/** Commands that do something, in the order of the help. */
function commandsOf(command: Command): Command[] {
  const visible = command.createHelp().visibleCommands(command);
  return visible.flatMap((one) => (one.commands.length > 0 ? commandsOf(one) : [one]));
}

function section(command: Command): string {
  const { examples, more, statuses } = readHelp(command);
  const usage = `${fullName(command)} ${command.usage()}`.trim();
  const parts = [
    `## ${fullName(command)}`,
    cell(command.description()),
    block([usage, '', ...examples]),
    argumentTable(command.registeredArguments),
    optionTable(command.createHelp().visibleOptions(command)),
    more && block(more.split('\n')),
    `Exit status: ${[...statuses.keys()].join(', ')}.`,
  ];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

/** What stands before and behind the help that commander makes. */
function readHelp(command: Command): {
  readonly examples: string[];
  readonly more: string;
  readonly statuses: Map<number, string>;
} {
  let text = '';
  const writeOut = (part: string): void => {
    text += part;
  };
  command.configureOutput({ writeOut, getOutHelpWidth: () => 80 }).outputHelp();
  const [, before = ''] = /^Examples:\n(.*?)\n\n/s.exec(text) ?? [];
  const [, behind = '', after = ''] =
    /Global Options:\n.*?\n\n(.*?)\n?Exit status:\n(.*)$/s.exec(text) ?? [];
  const statuses = [...after.matchAll(/^ {2}(\d+) +(.+)$/gm)];
  return {
    examples: before.split('\n').map((line) => line.trim()),
    more: behind.trim(),
    statuses: new Map(statuses.map(([, status, meaning = '']) => [Number(status), meaning])),
  };
}

function argumentTable(all: readonly Argument[]): string {
  if (all.length === 0) return '';
  const rows = all.map((argument) => {
    const { required, variadic, description, argChoices } = argument;
    const term = `${argument.name()}${variadic ? '…' : ''}`;
    const choices = argChoices ? `: ${argChoices.join(', ')}` : '';
    return `| \`${term}\` | ${cell(description + choices)} | ${required ? 'yes' : 'no'} |`;
  });
  return ['| argument | | needed |', '|---|---|---|', ...rows].join('\n');
}

function optionTable(all: readonly Option[]): string {
  const rows = all
    .filter(({ long }) => long !== '--help')
    .map(({ flags, description, defaultValue, mandatory, argChoices }) => {
      const choices = argChoices ? `: ${argChoices.join(', ')}` : '';
      const value = mandatory ? 'must be given' : (defaultValue ?? '');
      return `| \`${flags}\` | ${cell(description + choices)} | ${value} |`;
    });
  return rows.length === 0 ? '' : ['| option | | default |', '|---|---|---|', ...rows].join('\n');
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

function block(lines: readonly string[]): string {
  return ['```', ...lines, '```'].join('\n');
}

/** A stroke would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
