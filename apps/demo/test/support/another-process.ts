import { once } from 'node:events';
import { runTypeScript, startTypeScript } from '@tgstore/testkit';

/** Changes a store as any other program does. */
export async function inAnotherProcess(
  change: 'append' | 'mark' | 'delete',
  storageDir: string,
  id: string,
  text = '',
): Promise<void> {
  const args = [change, storageDir, id, text];
  await runTypeScript(new URL('programs/change.ts', import.meta.url), { args });
}

/** Another process that holds something for as long as the scope of this lasts. */
export interface Holder extends AsyncDisposable {
  readonly pid: number;
}

const programs = new URL('../../../../packages/core/test/support/', import.meta.url);

/** Lets another process hold the lock of a conversation. */
export function lockInAnotherProcess(storageDir: string, id: string): Promise<Holder> {
  return hold(new URL('hold-lock.ts', programs), [storageDir, id]);
}

/** Lets another process have all unprocessed conversations in hand. */
export function processInAnotherProcess(storageDir: string): Promise<Holder> {
  return hold(new URL('process-and-hold.ts', programs), [storageDir]);
}

async function hold(program: URL, args: readonly string[]): Promise<Holder> {
  const child = startTypeScript(program, { args, stdio: ['pipe', 'pipe', 'inherit'] });
  if (!child.stdout || !child.stdin) throw new Error('It has no pipes');
  await once(child.stdout, 'data');
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      const closed = once(child, 'close');
      child.stdin?.end();
      await closed;
    },
  };
}
