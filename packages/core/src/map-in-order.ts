/**
 * Yields what `work` makes of each item, in order, while up to `ahead` items are in hand. When it ends, by a failure or
 * because the caller stops, nothing runs any more.
 */
export async function* mapInOrder<T, R>(
  items: Iterable<T>,
  work: (item: T) => Promise<R>,
  { ahead = 16 }: { readonly ahead?: number | undefined } = {},
): AsyncGenerator<R> {
  const inHand: Promise<R>[] = [];
  try {
    for (const item of items) {
      inHand.push(work(item));
      // a failure is told when its turn comes
      inHand.at(-1)?.catch(() => {});
      if (inHand.length >= ahead) yield await (inHand.shift() as Promise<R>);
    }
    for (const result of inHand) yield await result;
  } finally {
    await Promise.allSettled(inHand);
  }
}
