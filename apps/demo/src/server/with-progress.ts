/** The items of a source, and between them, while they are waited for, from time to time how far it is. */
export async function* withProgress<Item, Progress>(
  source: AsyncGenerator<Item>,
  progress: () => Progress,
): AsyncGenerator<Item | Progress> {
  const late = Symbol('late');
  let pending = source.next();
  // whoever stops while it is waited for has nobody to tell of its failure
  pending.catch(() => {});
  try {
    for (;;) {
      let timer: NodeJS.Timeout | undefined;
      const isLate = new Promise<typeof late>((resolve) => {
        timer = setTimeout(resolve, EVERY_MS, late);
      });
      const result = await Promise.race([pending, isLate]);
      clearTimeout(timer);
      if (result === late) {
        yield progress();
        continue;
      }
      if (result.done) return;
      yield result.value;
      pending = source.next();
      pending.catch(() => {});
    }
  } finally {
    await source.return(undefined).catch(() => {});
  }
}

const EVERY_MS = 200;
