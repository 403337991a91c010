/** The same items; while one is in use, the next is on its way. */
export async function* readAhead<T>(items: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = start(items);
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = start(items);
      yield value;
    }
  } finally {
    // resolves behind what is on its way: nothing is read any more, the file may be closed
    await items.return(undefined);
  }
}

function start<T>(items: AsyncGenerator<T>): Promise<IteratorResult<T>> {
  const next = items.next();
  // handled when it is awaited, which may be later
  next.catch(() => {});
  return next;
}
