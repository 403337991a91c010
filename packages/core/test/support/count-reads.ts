import type { FileSystem } from '@tgstore/fs';
import { watching } from './faults.ts';

export interface CountedReads {
  readonly fileSystem: FileSystem;
  /** How many bytes were read since the last call. */
  take(): number;
}

/** The real file system, which counts the bytes that are read. */
export function countReads(): CountedReads {
  let bytes = 0;
  const fileSystem = watching(({ name, args }) => {
    if (name === 'handle.read') bytes += args[2] as number;
    return undefined;
  });
  return {
    fileSystem,
    take() {
      const taken = bytes;
      bytes = 0;
      return taken;
    },
  };
}
