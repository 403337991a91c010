import { Argument, Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { SHELLS, type Shell } from '../completion/shells.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { line } from '../output.ts';

export function completionCommand({ io, exit }: CommandContext): Command {
  return new Command('completion')
    .summary('print the completion script of a shell')
    .description(
      'Prints a script with which a shell completes commands, options, paths, conversations and backups of the store.',
    )
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('before', examples('completion bash', 'completion zsh'))
    .addHelpText('after', INSTALL + describeExitCodes())
    .action(async (shell: Shell) => {
      const { SCRIPTS } = await import('../completion/scripts.ts');
      io.stdout.write(SCRIPTS[shell]);
      exit(ExitCode.ok);
    });
}

/** What the scripts call. */
export function completeCommand({ io, exit }: CommandContext): Command {
  return new Command('complete')
    .summary('answer a completion script')
    .description('Prints what may follow the words of a command line; for completion scripts.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .argument('[word...]', 'the words before the cursor')
    .option('--current <text>', 'what is typed of the word at the cursor', '')
    .action(async (shell: Shell, words: string[], _options: unknown, command: Command) => {
      const { current } = command.opts<{ current: string }>();
      // a mistake must not disturb who is typing
      await printCompletion(shell, words, current, command, io).catch(() =>
        line(io.stdout, 'none'),
      );
      exit(ExitCode.ok);
    });
}

async function printCompletion(
  shell: Shell,
  words: readonly string[],
  text: string,
  { parent: program }: Command,
  io: Io,
): Promise<void> {
  const [{ complete }, { readBashWords }, { storeNames }] = await Promise.all([
    import('../completion/complete.ts'),
    import('../completion/shell-words.ts'),
    import('../completion/store-names.ts'),
  ]);
  const typed =
    shell === 'bash' ? readBashWords(words, text) : { before: words, current: text, kept: '' };
  const { before, current, kept } = typed;
  if (program === null) return;
  const { candidates, paths } = await complete(program, before, current, storeNames(io));
  const lines = candidates
    .map(({ value, description = '' }) => [value.slice(kept.length), oneLine(description)])
    // what is no line of its own can't be typed either
    .filter(([value = '']) => !/\p{Cc}/u.test(value))
    .map((cells) => `${cells.join('\t')}\n`);
  io.stdout.write([`${paths}\n`, ...lines].join(''));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

const INSTALL = `
To have it in each shell that you open from now on, run the line of yours once:
  bash         tgstore completion bash >> ~/.bashrc
  zsh          tgstore completion zsh >> ~/.zshrc
  fish         tgstore completion fish >> ~/.config/fish/config.fish
  PowerShell   tgstore completion powershell >> $PROFILE
`;
