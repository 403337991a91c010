import { basename, dirname, isAbsolute } from 'node:path';
import { type LockFileSystem, nodeFileSystem } from '../../src/file-system.ts';

/** One call that reaches the disk. */
export interface DiskCall {
  readonly name: keyof LockFileSystem;
  readonly args: readonly unknown[];
  /** 1 for the first call, then 2, … */
  readonly count: number;
  /** The call with the last part of its paths, without what is random. */
  readonly text: string;
}

export interface DiskHooks {
  /** Throws in place of the call. What it resolves to is awaited, but for calls that give nothing to wait for. */
  readonly before?: ((call: DiskCall) => unknown) | undefined;
  /** Throws though the call was made. */
  readonly after?: ((call: DiskCall) => unknown) | undefined;
}

/** The real disk, with something to happen around each call. */
export function disk(
  { before = () => {}, after = () => {} }: DiskHooks,
  real: LockFileSystem = nodeFileSystem(),
): LockFileSystem {
  let count = 0;
  return new Proxy(real, {
    get(_, name: keyof LockFileSystem) {
      const member = real[name] as (...args: unknown[]) => unknown;
      const describe = (args: readonly unknown[]): DiskCall => {
        count += 1;
        return { name, args, count, text: [name, ...args.map(nameOf)].join(' ').trim() };
      };
      if (name === 'existsNow' || name === 'watch') {
        return (...args: unknown[]) => {
          const call = describe(args);
          before(call);
          const result = member(...args);
          after(call);
          return result;
        };
      }
      return async (...args: unknown[]) => {
        const call = describe(args);
        await before(call);
        const result = await member(...args);
        await after(call);
        return result;
      };
    },
  });
}

/** `v1-0a/ticket.<id>`: what a path means, without what is random in it. */
function nameOf(arg: unknown): string {
  if (typeof arg !== 'string' || !isAbsolute(arg)) return '';
  const parent = basename(dirname(arg));
  const path = parent.startsWith('v1-') ? `${parent}/${basename(arg)}` : basename(arg);
  return path
    .replaceAll(/tail\.\d+/g, 'tail.<number>')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{16}/g, '<id>')
    .replaceAll(/\.[0-9a-f]{16}\./g, '.<nonce>.');
}
