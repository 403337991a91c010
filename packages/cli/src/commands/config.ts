import type { Config } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, line, style } from '../output.ts';
import { type GlobalOptions, readConfig } from '../store.ts';

export function configCommand({ io, exit }: CommandContext): Command {
  return new Command('config')
    .summary('show the settings and where they come from')
    .description(
      'Shows every setting, its value, and which option, variable or key of the configuration set it.',
    )
    .addHelpText('before', examples('config', 'config --config tgstore.yaml --json'))
    .addHelpText('after', describeExitCodes())
    .action(async (_options: unknown, command: Command) => {
      exit(await runConfig(command.optsWithGlobals(), io));
    });
}

export async function runConfig(options: GlobalOptions, io: Io): Promise<ExitCode> {
  const { config, origins, file } = await readConfig(options, io);
  if (options.json) {
    json(io, { file: file ?? null, config, origins });
    return ExitCode.ok;
  }
  for (const key of Object.keys(config) as (keyof Config)[]) {
    const origin = style('dim', `from ${origins[key]}`, io.stdout);
    line(io.stdout, `${key.padEnd(24)}${config[key]}  ${origin}`);
  }
  line(
    io.stdout,
    style('dim', file ? `configuration: ${file}` : 'no configuration file', io.stdout),
  );
  return ExitCode.ok;
}
