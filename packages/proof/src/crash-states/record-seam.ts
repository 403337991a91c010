import { constants } from 'node:fs';
import { type FileHandleLike, type FileSystem, nodeFileSystem } from '@tgstore/fs';
import type { Inode } from './disk.ts';
import type { Recorder } from './recorder.ts';

/** The real file system; each change that is made through it is recorded when it has been made. */
export function recordingFileSystem(
  recorder: Recorder,
  target: FileSystem = nodeFileSystem,
): FileSystem {
  return {
    ...target,
    async open(path, flags, mode) {
      const handle = await target.open(path, flags, mode);
      const inode = recorder.open(path, whatOpens(flags));
      return inode === undefined ? handle : recordingHandle(handle, inode, recorder);
    },
    async rename(from, to) {
      await target.rename(from, to);
      recorder.rename(from, to);
    },
    async link(existing, path) {
      await target.link(existing, path);
      recorder.link(existing, path);
    },
    async unlink(path) {
      await target.unlink(path);
      recorder.remove(path, 'unlink');
    },
    async rmdir(path) {
      await target.rmdir(path);
      recorder.remove(path, 'rmdir');
    },
    async mkdir(path, options) {
      await target.mkdir(path, options);
      recorder.mkdir(path);
    },
  };
}

function recordingHandle(handle: FileHandleLike, inode: Inode, recorder: Recorder): FileHandleLike {
  let at = 0;
  const sync = async (real: () => Promise<void>): Promise<void> => {
    const begun = recorder.begin();
    await real();
    recorder.sync(inode, begun);
  };
  const own: Partial<FileHandleLike> = {
    async write(bytes, offset, length, position) {
      const { bytesWritten } = await handle.write(bytes, offset, length, position);
      const start = position ?? at;
      recorder.write(inode, start, bytes.subarray(offset, offset + bytesWritten));
      if (position === null) at += bytesWritten;
      return { bytesWritten };
    },
    async truncate(length) {
      await handle.truncate(length);
      recorder.truncate(inode, length);
    },
    sync: () => sync(() => handle.sync()),
    datasync: () => sync(() => handle.datasync()),
  };
  return new Proxy(handle, {
    get(target, key) {
      const member: unknown = Reflect.get(own, key) ?? Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(key in own ? own : target) : member;
    },
  });
}

function whatOpens(flags: string | number): { creates: boolean; truncates: boolean } {
  if (typeof flags === 'string') {
    return { creates: /[wa]/.test(flags), truncates: flags.includes('w') };
  }
  return {
    creates: (flags & constants.O_CREAT) !== 0,
    truncates: (flags & constants.O_TRUNC) !== 0,
  };
}
