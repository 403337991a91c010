import { systemError } from '@tgstore/testkit';
import { appendTail } from '../../src/index.ts';
import { watched } from './watched.ts';

export interface TornAppend {
  readonly from: number;
  readonly undoPath: string;
}

/** Appends until half of the tail is written; then every call fails, so that the record stays, as after a kill. */
export async function tearAppend(
  path: string,
  tail: Uint8Array,
  options: TornAppend,
): Promise<unknown> {
  let writes = 0;
  const { fileSystem } = watched(({ name, args }) => {
    if (name === 'handle.write') writes += 1;
    if (writes < 2) return undefined;
    // The first write is that of the record
    if (writes > 2 || name !== 'handle.write') throw systemError('EIO', name);
    return async (write) => {
      writes += 1;
      return await write(args[0], args[1], Math.ceil(Number(args[2]) / 2), args[3]);
    };
  });
  return await appendTail(path, tail, { ...options, fileSystem }).then(
    () => undefined,
    (error: unknown) => error,
  );
}
