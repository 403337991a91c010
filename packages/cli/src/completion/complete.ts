import type { Argument, Command, Option } from 'commander';
import { readCommandLine } from './command-line.ts';

/** What may stand where the cursor is. */
export interface Completion {
  /** Whole words, of which each begins with what is typed. */
  readonly candidates: readonly Candidate[];
  /** What the shell itself shall offer beside them. */
  readonly paths: 'none' | 'files' | 'directories';
}

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

/** The settings before the cursor that say which store is meant. */
export interface StoreOptions {
  readonly store?: string | undefined;
  readonly config?: string | undefined;
  readonly backupDir?: string | undefined;
}

/** What only a look into the store tells. */
export interface StoreNames {
  conversations(options: StoreOptions): Promise<Candidate[]>;
  backups(options: StoreOptions): Promise<Candidate[]>;
}

/** What may follow `before` on the command line of `program`, where `current` is what is typed of the next word. */
export async function complete(
  program: Command,
  before: readonly string[],
  current: string,
  names: StoreNames,
): Promise<Completion> {
  const { command, pending, operands, isOperandsOnly, values } = readCommandLine(program, before);
  const take = async (prefix: string, option: Option): Promise<Completion> =>
    narrow(current, await valuesOf(placeholder(option), option.argChoices, values, names), prefix);
  if (pending && !(pending.isSatisfied && current.startsWith('-'))) return take('', pending.option);
  const [, assigned] = /^(--[^=]+)=/.exec(isOperandsOnly ? '' : current) ?? [];
  if (assigned !== undefined) {
    const option = optionsOf(command).find(({ long }) => long === assigned);
    return option?.required ? take(`${assigned}=`, option) : NOTHING;
  }
  if (command.commands.length > 0 && !current.startsWith('-')) {
    const candidates = operands.length === 0 ? subcommandsOf(command) : [];
    return narrow(current, { candidates, paths: 'none' });
  }
  const argument = argumentAt(command, operands.length);
  const operand = argument
    ? await valuesOf(argument.name(), argument.argChoices, values, names)
    : NOTHING;
  if (isOperandsOnly || !current.startsWith('-')) return narrow(current, operand);
  // ids of groups begin with a minus
  const both = [...optionsOf(command).flatMap(toCandidate), ...operand.candidates];
  return narrow(current, { candidates: both, paths: 'none' });
}

function narrow(
  current: string,
  { candidates, paths }: Completion,
  prefix: string = '',
): Completion {
  const whole = candidates.map((one) => ({ ...one, value: prefix + one.value }));
  return { candidates: whole.filter(({ value }) => value.startsWith(current)), paths };
}

/** A placeholder in the help says what stands for it: `<conversation>`, `<file>`. */
async function valuesOf(
  kind: string,
  choices: readonly string[] | undefined,
  options: StoreOptions,
  names: StoreNames,
): Promise<Completion> {
  const from = (candidates: readonly Candidate[]): Completion => ({ candidates, paths: 'none' });
  if (choices) return from(choices.map((value) => ({ value })));
  switch (kind) {
    case 'conversation':
      return from(await names.conversations(options));
    case 'backup':
      return from(await names.backups(options));
    case 'zone':
      return from(Intl.supportedValuesOf('timeZone').map((value) => ({ value })));
    case 'file':
    case 'export':
      return { candidates: [], paths: 'files' };
    case 'directory':
      return { candidates: [], paths: 'directories' };
    default:
      return NOTHING;
  }
}

/** `file` of `-o, --output <file>` */
function placeholder({ flags }: Option): string {
  return /[<[]([\w-]+)/.exec(flags)?.[1] ?? '';
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic ? last : undefined);
}

function subcommandsOf(command: Command): Candidate[] {
  const commands = command.createHelp().visibleCommands(command);
  return commands.map((one) => ({ value: one.name(), description: one.summary() }));
}

function optionsOf(command: Command): Option[] {
  const help = command.createHelp();
  help.showGlobalOptions = true;
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
}

function toCandidate({ long, description }: Option): Candidate[] {
  return long ? [{ value: long, description }] : [];
}

const NOTHING: Completion = { candidates: [], paths: 'none' };
