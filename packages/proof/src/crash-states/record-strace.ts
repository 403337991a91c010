import type { Inode } from './disk.ts';
import { Recorder } from './recorder.ts';
import { type Call, readCalls, textsIn } from './strace-log.ts';

/** The calls that `strace` shall show. */
export const TRACED: readonly string[] = [
  ...['openat', '?open', '?creat', 'close', 'write', 'pwrite64', 'writev', 'pwritev', 'ftruncate'],
  ...['?truncate', 'fsync', 'fdatasync', '?rename', '?renameat', 'renameat2', '?link', 'linkat'],
  ...['?unlink', 'unlinkat', '?mkdir', 'mkdirat', '?rmdir', 'copy_file_range', 'sendfile', 'dup'],
  ...['?access', 'faccessat', 'lseek'],
];

/** The path that is looked at to say something to who reads the log: `begin save`, `promise`. */
export function markPath(text: string): string {
  return `/MARK-${text}`;
}

/**
 * Replays a log of `strace -f -xx -s <large>`. What is marked is told to `onMark`; all that follows a mark `in DIRECTORY`, and is
 * in that directory, goes into a new recorder.
 */
export function replay(log: string, onMark: (text: string, recorder: Recorder) => void): void {
  let recorder = new Recorder('/dev/null');
  const open: OpenFiles = new Map();
  for (const call of readCalls(log, () => recorder.begin())) {
    const [mark] = /^f?access(?:at2?)?$/.test(call.name) ? textsIn(call.args) : [];
    if (mark?.startsWith(markPath('in '))) {
      recorder = new Recorder(mark.slice(markPath('in ').length));
      open.clear();
    } else if (mark?.startsWith(markPath(''))) {
      onMark(mark.slice(markPath('').length), recorder);
    } else if (call.result >= 0) apply(call, recorder, open);
  }
}

type OpenFiles = Map<number, { readonly inode: Inode; at: number; readonly appends: boolean }>;

function apply({ name, args, result, begun }: Call, recorder: Recorder, open: OpenFiles): void {
  const [first = '', second = ''] = paths(name, args);
  const descriptor = Number.parseInt(args, 10);
  const file = open.get(descriptor);
  switch (name) {
    case 'open':
    case 'openat':
    case 'creat': {
      const creates = name === 'creat' || args.includes('O_CREAT');
      const truncates = name === 'creat' || args.includes('O_TRUNC');
      const inode = recorder.open(first, { creates, truncates });
      if (inode === undefined) open.delete(result);
      else open.set(result, { inode, at: 0, appends: args.includes('O_APPEND') });
      return;
    }
    case 'close':
      open.delete(descriptor);
      return;
    case 'dup':
      if (file) open.set(result, file);
      return;
    case 'lseek':
      if (file) file.at = result;
      return;
    case 'write':
    case 'writev':
    case 'pwrite64':
    case 'pwritev': {
      if (!file) return;
      const bytes = Buffer.concat(bytesIn(args)).subarray(0, result);
      const isPlaced = name.startsWith('p');
      const place = Number(/,\s*(\d+)$/.exec(args)?.[1]);
      const here = file.appends ? recorder.bytes(file.inode).length : file.at;
      recorder.write(file.inode, isPlaced ? place : here, bytes);
      if (!isPlaced) file.at = here + result;
      return;
    }
    case 'copy_file_range':
    case 'sendfile':
      if (file) throw new Error(`a ${name} is not recorded: ${args}`);
      return;
    case 'ftruncate':
      if (file) recorder.truncate(file.inode, Number(/,\s*(\d+)$/.exec(args)?.[1]));
      return;
    case 'fsync':
    case 'fdatasync':
      if (file) recorder.sync(file.inode, begun);
      return;
    case 'rename':
    case 'renameat':
    case 'renameat2':
      recorder.rename(first, second);
      return;
    case 'link':
    case 'linkat':
      recorder.link(first, second);
      return;
    case 'unlink':
    case 'rmdir':
      recorder.remove(first, name);
      return;
    case 'unlinkat':
      recorder.remove(first, args.includes('AT_REMOVEDIR') ? 'rmdir' : 'unlink');
      return;
    case 'mkdir':
    case 'mkdirat':
      recorder.mkdir(first);
      return;
  }
}

/** The paths that a call names: all of ours are absolute. */
function paths(name: string, args: string): string[] {
  return /write/.test(name) ? [] : textsIn(args);
}

function bytesIn(args: string): Buffer[] {
  return textsIn(args).map((text) => Buffer.from(text, 'latin1'));
}
