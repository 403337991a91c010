/** One call that is about to be made. */
export interface WatchedCall {
  /** Name of the function; `handle.<name>` where it belongs to something that a watched call opened. */
  readonly name: string;
  readonly args: readonly unknown[];
  /** 1 for the first call on anything that is watched, then 2, … */
  readonly count: number;
}

/** What happens in place of a call: its result, or a function that is given the real call. */
export type Replacement =
  | { readonly result: unknown }
  // biome-ignore lint/suspicious/noExplicitAny: it takes and gives whatever the watched function does
  | ((real: (...args: any[]) => Promise<any>) => unknown);

/**
 * A stand-in for `target` that tells `before` of each call of its functions, and of the functions of whatever a call
 * resolves to that has a `close` function (file handles). All of them are taken to be asynchronous.
 *
 * Where `before` throws, the call is not made and rejects with that; where it returns a {@link Replacement}, that takes
 * its place; else it is made.
 *
 * @example
 * const broken = watchCalls(nodeFileSystem, ({ name, args }) => {
 *   if (name === 'rename') throw new Error('EIO');
 *   if (name === 'handle.write') return (write) => write(args[0], args[1], 1, args[3]); // one byte only
 * });
 */
export function watchCalls<T extends object>(
  target: T,
  before: (call: WatchedCall) => Replacement | undefined | Promise<Replacement | undefined>,
): T {
  let count = 0;

  const watch = <O extends object>(object: O, prefix: string): O =>
    new Proxy(object, {
      get(_, key, proxy) {
        const member: unknown = Reflect.get(object, key, typeof key === 'symbol' ? proxy : object);
        // Left alone, `[Symbol.asyncDispose]` calls the watched `close`
        if (typeof member !== 'function' || typeof key === 'symbol') return member;
        const real = async (...args: unknown[]) => await member.apply(object, args);
        return async (...args: unknown[]) => {
          count += 1;
          const answer = await before({ name: prefix + key, args, count });
          if (typeof answer === 'function') return watchOpened(await answer(real));
          return watchOpened(answer ? answer.result : await real(...args));
        };
      },
    });

  const watchOpened = (value: unknown): unknown =>
    isClosable(value) ? watch(value, 'handle.') : value;

  return watch(target, '');
}

function isClosable(value: unknown): value is { close(): unknown } {
  return typeof (value as { close?: unknown } | null | undefined)?.close === 'function';
}
