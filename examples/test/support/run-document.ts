// Runs a page of the docs: all its blocks in one empty directory, in order.

import { spawn, spawnSync } from 'node:child_process';
import { access, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { typeScriptFlags, writeSampleExport } from '@tgstore/testkit';
import { isAsSaid } from './compare-output.ts';
import { type Block, isSession, readBlocks, readSession } from './document.ts';

export interface DocumentRun {
  /** What was not as the page says; each with its line. */
  readonly faults: readonly string[];
  /** What was not run because a tool is missing. */
  readonly skipped: readonly string[];
  /** How many commands and programs were run. */
  readonly commands: number;
}

/** Blocks of which the page does not say whether they are run. */
export function unmarkedBlocks(markdown: string): string[] {
  return readBlocks(markdown)
    .filter(({ purpose }) => purpose === undefined)
    .map(({ line, text }) => `line ${line}: ${text.split('\n')[0]}`);
}

/** Runs a page in an empty directory, with `tgstore` on the path and the packages of `examples` to import. */
export async function runDocument(markdown: string, directory: string): Promise<DocumentRun> {
  const env = await prepare(directory);
  if (/\bsample\/export\b/.test(markdown)) await prepareSample(directory);
  const faults: string[] = [];
  const skipped: string[] = [];
  let commands = 0;
  const blocks = readBlocks(markdown);
  for (const [index, block] of blocks.entries()) {
    const { purpose } = block;
    if (purpose?.kind === 'file') {
      await mkdir(dirname(join(directory, purpose.name)), { recursive: true });
      await writeFile(join(directory, purpose.name), `${block.text}\n`, { mode: 0o700 });
    }
    if (purpose?.kind !== 'run') continue;
    const missing = purpose.needs.filter((tool) => !isThere(tool));
    if (missing.length > 0) {
      skipped.push(`line ${block.line} needs ${missing.join(', ')}`);
      continue;
    }
    for (const { command, said } of await toCommands(block, blocks[index + 1], directory)) {
      const printed = await run(command, directory, { ...env, ...purpose.env });
      commands += 1;
      if (isAsSaid(printed, said)) continue;
      faults.push(`line ${block.line}: ${command}\nprints\n${printed}\nbut the page says\n${said}`);
    }
  }
  return { faults, skipped, commands };
}

async function toCommands(
  block: Block,
  next: Block | undefined,
  directory: string,
): Promise<{ command: string; said: string }[]> {
  if (isSession(block)) return readSession(block);
  const said = next?.purpose?.kind === 'output' ? next.text : '';
  if (!/^[jt]s$/.test(block.language)) return [{ command: block.text, said }];
  const file = `line-${block.line}.m${block.language}`;
  await writeFile(join(directory, file), block.text);
  const flags = block.language === 'ts' ? `${typeScriptFlags.join(' ')} ` : '';
  return [{ command: `node ${flags}${file}`, said }];
}

async function prepare(directory: string): Promise<NodeJS.ProcessEnv> {
  const bin = fileURLToPath(new URL('../../../packages/cli/dist/bin.js', import.meta.url));
  await access(bin).catch((cause: unknown) => {
    throw new Error('The docs run the built packages: npx -y pnpm@12 build', { cause });
  });
  const shims = join(directory, '.bin');
  await mkdir(shims);
  const program = `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`;
  await writeFile(join(shims, 'tgstore'), program, { mode: 0o755 });
  const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
  await symlink(packages, join(directory, 'node_modules'), 'junction');
  const { PATH = '' } = process.env;
  return { PATH: `${shims}:${PATH}`, HOME: directory, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
}

/** What `pnpm start` writes, and what a clone has. */
async function prepareSample(directory: string): Promise<void> {
  await writeSampleExport(join(directory, 'sample/export'));
  await symlink(
    fileURLToPath(new URL('../..', import.meta.url)),
    join(directory, 'examples'),
    'junction',
  );
}

/** A name that `command -v` finds; `pid-namespaces` are those of unshare(1), which need Linux and root. */
function isThere(tool: string): boolean {
  const command =
    tool === 'pid-namespaces' ? 'unshare --pid --fork --mount-proc true' : `command -v ${tool}`;
  return spawnSync('sh', ['-c', command], { stdio: 'ignore' }).status === 0;
}

/** All that it prints, in order, on whichever stream. */
async function run(command: string, directory: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn('bash', ['-c', `exec 2>&1\n${command}`], {
    cwd: directory,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    // a process group, so that what it leaves running can be ended
    detached: true,
  });
  const killAll = (): void => {
    try {
      process.kill(-(child.pid ?? Number.NaN), 'SIGKILL');
    } catch {
      // nothing is left
    }
  };
  const limit = setTimeout(killAll, STUCK_MS);
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  try {
    const status = await new Promise<number | string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(code ?? signal ?? ''));
    });
    const isCut = printed !== '' && !printed.endsWith('\n');
    return status === 0 ? printed : `${printed}${isCut ? '\n' : ''}(exits with ${status})`;
  } finally {
    clearTimeout(limit);
    killAll();
  }
}

const STUCK_MS = 60_000;
