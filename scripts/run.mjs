import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/**
 * Runs a command to its end. @returns what it printed on standard output
 * @throws an error with all that it printed, when it fails
 */
export async function run(command, args, { cwd, env = cleanEnvironment(), input } = {}) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // npm, pnpm and tgstore are .cmd files there
    shell: process.platform === 'win32',
  });
  const stdout = [];
  const all = [];
  child.stdout.on('data', (bytes) => stdout.push(bytes) && all.push(bytes));
  child.stderr.on('data', (bytes) => all.push(bytes));
  child.stdin?.end(input);
  const [status, signal] = await once(child, 'close');
  if (status === 0) return Buffer.concat(stdout).toString();
  const printed = Buffer.concat(all).toString().trimEnd();
  throw new Error(
    `"${[command, ...args].join(' ')}" in ${cwd ?? '.'}: ${signal ?? `status ${status}`}\n${printed}`,
  );
}

/** The environment without what `pnpm run` and `npx` add for the workspace: a user's shell has none of it. */
export function cleanEnvironment(more = {}) {
  const isTheirs = (name) =>
    /^(npm|pnpm)_/.test(name) && name !== 'npm_config_registry' && name !== 'npm_config_cache';
  const kept = Object.entries(process.env).filter(([name]) => !isTheirs(name));
  return { ...Object.fromEntries(kept), ...more };
}
