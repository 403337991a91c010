import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

type Program = 'read_store.py' | 'stream_messages.py';

const folder = new URL('../../python-reader/', import.meta.url);

export const hasPython =
  spawnSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 8))']).status === 0;

/** The lines that a program in Python prints. */
export async function runPython(program: Program, ...args: string[]): Promise<string[]> {
  const path = fileURLToPath(new URL(program, folder));
  const options = { maxBuffer: 2 ** 30, encoding: 'utf8' } as const;
  const { stdout } = await promisify(execFile)('python3', [path, ...args], options);
  return stdout.split('\n').slice(0, -1);
}
