// Run in a process of its own, under strace: every operation one after the other, with a word before each that strace sees.

import { openSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { main } from '../../../cli/src/main.ts';
import { commandLines, TAGGED } from './commands.ts';
import { SecretFinder } from './find-secrets.ts';
import { clear, writeInputs } from './inputs.ts';
import { makeSecrets } from './made-up.ts';
import { wrongModes } from './modes.ts';
import { apiOperations } from './operations.ts';
import { createTools, type Logger, placeIn } from './tools.ts';

export interface RunRequest {
  readonly directory: string;
  readonly seed: number;
  readonly umask: number;
}

export interface RunResult {
  readonly operations: number;
  readonly errors: number;
  readonly violations: string[];
}

/** What strace shows before an operation: a file that is not there is opened. */
export const MARK = '/operation/';

async function runOperations({ directory, seed, umask }: RunRequest): Promise<RunResult> {
  const place = placeIn(directory);
  const secrets = makeSecrets(seed);
  const finder = new SecretFinder(secrets);
  const violations: string[] = [];
  let [operations, errors, name] = [0, 0, ''];
  const look = (said: unknown, where: string): void => {
    if (said instanceof Error) errors += 1;
    const [found] = finder.findInError(said);
    if (found !== undefined)
      violations.push(`${name}: ${found} in ${where}: ${String(said).slice(0, 300)}`);
  };
  const begin = (next: string): void => {
    operations += 1;
    name = next;
    try {
      openSync(`${MARK}${next}`, 'r');
    } catch {
      // it is only seen
    }
  };
  // who fails in another way, or not at all, shows nothing
  const expectFailure = (error: unknown, expected: string | undefined): void => {
    const said =
      error instanceof Error ? `${(error as NodeJS.ErrnoException).code} ${error.message}` : '';
    if (expected === undefined ? error !== undefined : !said.includes(expected)) {
      violations.push(`${name}: was to fail with ${expected}, and did with ${error}`);
    }
  };
  const end = async (): Promise<void> => {
    const owned = [place.store, place.backups, place.out, place.elsewhere];
    for (const wrong of await wrongModes(owned, umask)) violations.push(`${name}: ${wrong}`);
  };
  const tell = (details: object, message: string): void => {
    for (const said of [...Object.values(details), message]) look(said, 'the log');
  };
  const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell };
  process.on('warning', (warning) => look(warning, 'a warning of the process'));
  await writeInputs(place, secrets);
  process.umask(umask);
  await clear(place);
  for (const operation of apiOperations(createTools(place, secrets, { logger, umask }))) {
    begin(operation.name);
    const error: unknown = await operation.run().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    look(error, 'its error');
    expectFailure(error, operation.fails);
    await end();
  }
  for (const { args, shows = false, status = 0 } of commandLines(place, secrets)) {
    begin(`tgstore ${args.join(' ').replaceAll(`${directory}/`, '')}`);
    const output = await runCommand(
      ['--store', place.store, ...(await withIds(args, place.backups))],
      directory,
    );
    if (!shows) look(output.stdout, 'standard output');
    look(output.stderr, 'standard error');
    if (output.status !== 0) errors += 1;
    if (output.status !== status)
      violations.push(`${name}: ends with ${output.status}, ${output.stderr}`);
    await end();
  }
  return { operations, errors, violations };
}

/** Command lines with the ids of the backups that have the tags they name. */
async function withIds(args: readonly string[], backups: string): Promise<string[]> {
  const names = await readdir(backups);
  return args.map((arg) => {
    const tag = arg.startsWith(TAGGED) ? arg.slice(TAGGED.length) : undefined;
    const found = names.find((name) => name.includes(`_${tag}.`) && name.endsWith('.age'));
    return tag === undefined ? arg : (found?.split('.')[0] ?? arg);
  });
}

async function runCommand(args: readonly string[], workingDirectory: string) {
  const [stdout, stderr] = [new Capture(), new Capture()];
  const { signal } = new AbortController();
  const status = await main(args, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    env: process.env,
    workingDirectory,
    signal,
    stopSignal: signal,
  });
  return { status, stdout: stdout.text, stderr: stderr.text };
}

class Capture {
  text = '';

  write(chunk: string | Uint8Array): boolean {
    this.text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  }
}

const [, script, request] = process.argv;
if (script && request && import.meta.url === pathToFileURL(script).href) {
  const result = await runOperations(JSON.parse(request) as RunRequest);
  process.stdout.write(JSON.stringify(result));
}
