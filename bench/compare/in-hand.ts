/** Does something for each, so many at a time, and adds up what that gives. */
export async function inHand<T>(
  items: readonly T[],
  atATime: number,
  work: (item: T) => Promise<number>,
): Promise<number> {
  let [next, total] = [0, 0];
  const takeTurns = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next] as T;
      next += 1;
      const result = await work(item);
      total += result;
    }
  };
  await Promise.all(Array.from({ length: atATime }, takeTurns));
  return total;
}
