import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CONFIG_FILES } from '@tgstore/core';
import { Command } from 'commander';
import { type CommandContext, examples } from '../command-context.ts';
import { configTemplate, DEFAULT_STORE } from '../config-template.ts';
import { describeExitCodes, ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, printable } from '../output.ts';
import type { GlobalOptions } from '../store.ts';
import { printVerdict } from '../verdict.ts';

export interface InitOptions extends GlobalOptions {
  readonly dryRun?: boolean | undefined;
}

/** There is a configuration already. */
class ConfigExistsError extends Error {
  /** The class, also where a bundler has renamed it. */
  override get name(): 'ConfigExistsError' {
    return 'ConfigExistsError';
  }

  readonly code = 'CONFIG_EXISTS';
  /** Absolute path of the configuration. */
  readonly path: string;

  constructor(path: string, options?: ErrorOptions) {
    super(`${path} exists already and stays as it is; edit it, or move it away`, options);
    this.path = path;
  }
}

export function initCommand({ io, exit }: CommandContext): Command {
  return new Command('init')
    .summary('write a commented tgstore.yaml')
    .description(
      'Writes tgstore.yaml to the working directory, or where --config says, with every setting, its unit and its default. ' +
        'Nobody needs it: without it every setting has its default. The store itself is made by the first import.',
    )
    .argument('[directory]', `the store; else --store, or ${DEFAULT_STORE}`)
    .option('-n, --dry-run', 'print what would be written, but write nothing')
    .addHelpText('before', examples('init my-chats', 'init --dry-run'))
    .addHelpText('after', describeExitCodes())
    .action(async (directory: string | undefined, _options: unknown, command: Command) => {
      if (directory === '') command.error('error: the directory has no name');
      exit(await runInit(directory, command.optsWithGlobals(), io));
    });
}

export async function runInit(
  directory: string | undefined,
  { store = DEFAULT_STORE, config = DEFAULT_FILE, dryRun = false, json: asJson }: InitOptions,
  io: Io,
): Promise<ExitCode> {
  const chosen = directory ?? store;
  const file = resolve(io.workingDirectory, config);
  const text = configTemplate(chosen);
  if (!dryRun) await write(file, text);
  const result = { file, store: resolve(io.workingDirectory, chosen), dry_run: dryRun };
  if (asJson) json(io, dryRun ? { ...result, text } : result);
  else if (dryRun) io.stdout.write(text);
  else {
    printVerdict(io.stdout, 'OK', [`${printable(config)} written`, `store ${printable(chosen)}`]);
    tellHints(config, io);
  }
  return ExitCode.ok;
}

/** Only its owner may read what tgstore makes. What is there is never replaced, and half a file never stays. */
async function write(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EEXIST' ? new ConfigExistsError(file, { cause: error }) : error;
  });
  try {
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(file, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
}

function tellHints(config: string, io: Io): void {
  const isDefault = config === DEFAULT_FILE;
  for (const name of isDefault ? CONFIG_FILES.slice(1) : []) {
    if (!existsSync(resolve(io.workingDirectory, name))) continue;
    io.report.note(`${name} is not read here any more: ${DEFAULT_FILE} goes before it`);
  }
  if (io.env.TGSTORE_DIR) io.report.note('TGSTORE_DIR is set, and goes before the file');
  const option = isDefault ? '' : ` --config ${printable(config)}`;
  io.report.hint(`next: tgstore import ~/Downloads/DataExport_2026-11-23${option}`);
}

const [DEFAULT_FILE] = CONFIG_FILES;
