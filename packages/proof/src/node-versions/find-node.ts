import { runCommand } from './run-command.ts';

/** Path of a Node of a major version: this one, or that of the npm package `node`, which npx downloads. */
export async function findNode(major: number): Promise<string | undefined> {
  if (Number.parseInt(process.versions.node, 10) === major) return process.execPath;
  const { status, output } = await runCommand('npx', [
    '--yes',
    `node@${major}`,
    '--print',
    'process.execPath',
  ]);
  return status === 0 ? output.trim().split('\n').at(-1) : undefined;
}
