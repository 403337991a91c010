import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tempDirectory, typeScriptFlags } from '@tgstore/testkit';
import { type Plant, plantFlags } from '../plant.ts';
import { SecretFinder } from './find-secrets.ts';
import { makeSecrets } from './made-up.ts';
import type { RunRequest, RunResult } from './run-operations.ts';
import { placeIn } from './tools.ts';
import { judgeTrace } from './trace.ts';

export interface TracedRun extends RunResult {
  /** How many system calls were looked at. */
  readonly calls: number;
}

/** Runs all operations under a umask in a process that strace watches, and judges what both say. */
export async function runTraced(
  seed: number,
  umask: number,
  plants: readonly Plant[] = [],
): Promise<TracedRun> {
  await using scratch = await tempDirectory();
  const directory = join(scratch.path, 'work');
  // what libraries may take for their own: all of it must stay empty
  const strange = Object.fromEntries(
    STRANGE.map((name) => [name, join(scratch.path, name.toLowerCase())]),
  );
  for (const path of [directory, ...Object.values(strange)]) await mkdir(path);
  const trace = join(scratch.path, 'trace');
  const request: RunRequest = { directory, seed, umask };
  const script = fileURLToPath(new URL('run-operations.ts', import.meta.url));
  const node = [
    process.execPath,
    ...plantFlags(plants),
    ...typeScriptFlags,
    script,
    JSON.stringify(request),
  ];
  const env = { ...process.env, ...strange, TSX_DISABLE_CACHE: '1', DEBUG: '*', NODE_OPTIONS: '' };
  const { status, stdout, stderr } = await run('strace', [...STRACE, trace, ...node], {
    cwd: directory,
    env,
  });
  if (status !== 0) throw new Error(`the operations ended with ${status}: ${stderr.slice(-2000)}`);
  const result = JSON.parse(stdout) as RunResult;
  const text = await readFile(trace, 'latin1');
  const { store, backups, out, elsewhere, inputs } = placeIn(directory);
  const finder = new SecretFinder(makeSecrets(seed));
  const violations = [
    ...result.violations,
    ...judgeTrace(text, { owned: [store, backups, out, elsewhere, inputs, trace] }),
    ...finder.find(stderr).map((found) => `${found} in standard error of the process`),
    ...finder.find(commandsIn(text)).map((found) => `${found} in the command line of a child`),
    ...(await inEncrypted(backups, finder)),
  ];
  for (const path of Object.values(strange)) {
    for (const name of await readdir(path)) violations.push(`${path} has ${name}`);
  }
  for (const name of await readdir(directory)) {
    if (!Object.values({ store, backups, out, elsewhere, inputs }).includes(join(directory, name)))
      violations.push(`${name} is beside the store`);
  }
  return {
    ...result,
    calls: text.split('\n').length - 1,
    violations: violations.map((line) => `umask 0${umask.toString(8)}: ${line}`),
  };
}

/** The lines of a trace that say what was run, but for the run itself. */
function commandsIn(trace: string): string {
  return trace
    .split('\n')
    .filter((line) => /^\d+ +execve\(/.test(line))
    .slice(1)
    .join('\n');
}

/** Secrets in archives that nobody should be able to read, in what stands beside them, and in names. */
async function inEncrypted(directory: string, finder: SecretFinder): Promise<string[]> {
  const names = await readdir(directory);
  const found: string[] = names.flatMap((name) => finder.find(name));
  const archives = names.filter((name) => name.endsWith('.age'));
  if (archives.length === 0) found.push('there is no encrypted archive');
  for (const name of names) {
    for (const secret of finder.find(await readFile(join(directory, name))))
      found.push(`${secret} in ${name}`);
  }
  return found;
}

async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      texts[name] += text;
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { status, ...texts };
}

const STRANGE = [
  'TMPDIR',
  'HOME',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'XDG_RUNTIME_DIR',
];
const MAKING =
  'open,openat,creat,mkdir,mkdirat,mknod,mknodat,symlink,symlinkat,link,linkat,rename,renameat,renameat2,chmod,fchmodat,execve';
const STRACE = ['-f', '--seccomp-bpf', '-qq', '-s', '8192', '-e', `trace=${MAKING}`, '-o'];
