import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';

// All calls that a test file makes of `node:fs/promises` go through here:
// vi.mock('node:fs/promises', async (original) => (await import('./support/gate.ts')).gated(await original()));
// So nothing here may be imported that needs `node:fs/promises` itself.

/** What happens before a call, told as `rename <temporary> a.json`; the call waits for it, and fails with what it throws. */
type Before = (call: string, name: string) => unknown;

let before: Before | undefined;
const open = new Set<FileHandle>();

/** The real calls, each after what {@link whileGated} was given. */
export function gated<T extends object>(real: T, prefix = ''): T {
  return new Proxy(real, {
    get(_, key) {
      const member: unknown = Reflect.get(real, key, real);
      if (typeof member !== 'function' || typeof key === 'symbol') return member;
      return async (...args: unknown[]) => {
        await before?.(describe(prefix + key, args), prefix + key);
        const result: unknown = await member.apply(real, args);
        if (key === 'close') open.delete(real as FileHandle);
        if (key !== 'open') return result;
        open.add(result as FileHandle);
        return gated(result as FileHandle, 'handle.');
      };
    },
  });
}

/** Runs `work` with something before each call. */
export async function whileGated<T>(gate: Before, work: () => Promise<T>): Promise<T> {
  before = gate;
  try {
    return await work();
  } finally {
    before = undefined;
  }
}

/** The calls that `work` makes, in their order. */
export async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
  const calls: string[] = [];
  await whileGated((call) => calls.push(call), work);
  return calls;
}

/**
 * Runs `work` until its n-th call (from 1) that changes something on the disk, which is never made and never returns: what is
 * on the disk then is what a killed process leaves. Resolves to that call, or to `undefined` where there were fewer.
 */
export async function killedAt(
  n: number,
  work: () => Promise<unknown>,
): Promise<string | undefined> {
  let count = 0;
  let isKilled = false;
  let die = (_call: string): void => {};
  const death = new Promise<string>((resolve) => {
    die = resolve;
  });
  const gate: Before = async (call, name) => {
    if (CHANGES.test(name)) count += 1;
    if (count < n && !isKilled) return;
    isKilled = true;
    die(call);
    await new Promise(() => {});
  };
  const call = await whileGated(gate, async () => {
    return await Promise.race([death, work().then(() => undefined)]);
  });
  // as the system does for a killed process
  for (const handle of open) await handle.close();
  open.clear();
  return call;
}

const CHANGES =
  /^(?:open|rename|link|unlink|mkdir|rmdir|chmod|handle\.(?:write|sync|chmod|truncate))$/;

function describe(name: string, args: readonly unknown[]): string {
  const paths = args.filter((arg) => typeof arg === 'string').map((arg) => basename(arg));
  const words = paths.map((path) => (/^\.tgstore-.*\.tmp$/.test(path) ? '<temporary>' : path));
  return name.startsWith('handle.') ? name : [name, ...words].join(' ');
}
