import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tgstore } from '../tgstore.ts';
import { residentBytes } from './resident-bytes.ts';

/** `tgstore serve` in a process of its own. */
export interface Served extends AsyncDisposable {
  /** With the token. */
  readonly address: string;
  readonly residentBytes: () => number;
}

export async function serve(store: string): Promise<Served> {
  const args = [tgstore, 'serve', '--store', store, '--quiet'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [chunk] = await once(child.stdout, 'data');
  return {
    address: String(chunk).trim(),
    residentBytes: () => residentBytes(child.pid),
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}
