import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tempDirectory } from '@tgstore/testkit';

/** A disk in memory, of a few megabytes, in a directory of its own. */
export async function memoryDisk(
  options = 'size=16m',
): Promise<{ path: string } & AsyncDisposable> {
  const directory = await tempDirectory();
  await run('mount', '-t', 'tmpfs', '-o', options, 'tmpfs', directory.path);
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      // sockets in it stay open for a second
      await run('umount', '--lazy', directory.path);
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function run(command: string, ...args: readonly string[]): Promise<void> {
  await promisify(execFile)(command, args);
}
