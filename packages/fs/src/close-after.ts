import { afterCleaning } from './errors.ts';
import type { FileHandleLike } from './file-system.ts';

/** Closes the handle when `work` is done, whether it failed or not. */
export async function closeAfter<T>(handle: FileHandleLike, work: () => Promise<T>): Promise<T> {
  const result = await closeOnFailure(handle, work);
  await handle.close();
  return result;
}

/** Closes the handle where `work` fails, and leaves it open where it does not. */
export async function closeOnFailure<T>(
  handle: FileHandleLike,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await afterCleaning(error, handle.close());
  }
}
