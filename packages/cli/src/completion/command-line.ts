import type { Command, Option } from 'commander';
import type { StoreOptions } from './complete.ts';

/** What the words of an unfinished command line say. */
export interface CommandLine {
  /** The command that is meant, as far as it is named. */
  readonly command: Command;
  /** The option whose value comes next; satisfied where it has one already, and may have more. */
  readonly pending: { readonly option: Option; readonly isSatisfied: boolean } | undefined;
  readonly operands: readonly string[];
  /** Whether `--` came before. */
  readonly isOperandsOnly: boolean;
  /** Values of the options that say which store is meant. */
  readonly values: StoreOptions;
}

/** Reads words as commander would, but takes what is wrong or missing as it is. */
export function readCommandLine(program: Command, words: readonly string[]): CommandLine {
  let command = program;
  let pending: CommandLine['pending'];
  let isOperandsOnly = false;
  const operands: string[] = [];
  const values: Record<string, string> = {};
  for (const word of words) {
    const isOption = word.startsWith('-') && word !== '-' && !/^-\d/.test(word);
    if (pending && !(pending.isSatisfied && isOption)) {
      values[pending.option.attributeName()] = word;
      pending = pending.option.variadic ? { ...pending, isSatisfied: true } : undefined;
      continue;
    }
    pending = undefined;
    if (isOperandsOnly || !isOption) {
      const sub = command.commands.find((one) => one.name() === word);
      if (sub && operands.length === 0) command = sub;
      else operands.push(word);
      continue;
    }
    if (word === '--') {
      isOperandsOnly = true;
      continue;
    }
    const [flag = '', value] = splitAtFirst(word, '=');
    const option = findOption(command, flag);
    if (!option?.required) continue;
    if (value === undefined) pending = { option, isSatisfied: false };
    else values[option.attributeName()] = value;
  }
  return { command, pending, operands, isOperandsOnly, values };
}

function findOption(command: Command | null, flag: string): Option | undefined {
  if (command === null) return undefined;
  return (
    command.options.find(({ long, short }) => flag === long || flag === short) ??
    findOption(command.parent, flag)
  );
}

function splitAtFirst(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}
