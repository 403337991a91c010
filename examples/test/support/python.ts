import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const READER = fileURLToPath(new URL('../../python-reader/read_store.py', import.meta.url));

export const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;

/** The lines that the reader prints. */
export async function readWithPython(...args: readonly string[]): Promise<string[]> {
  const options = { maxBuffer: 2 ** 30, encoding: 'utf8' } as const;
  const { stdout } = await promisify(execFile)('python3', [READER, ...args], options);
  return stdout.split('\n').slice(0, -1);
}
