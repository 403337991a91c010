import type { Conversation, Message, Metadata } from '@tgstore/schema';
import type { WatchedCall } from '@tgstore/testkit';
import {
  EnhancedFileManager,
  type EnhancedFileManagerOptions,
  type FileSystem,
} from '../../src/index.ts';
import { conversation, messages } from './conversations.ts';
import { systemError, watching } from './faults.ts';

/** Opens a store that appends to all files in place that may be, without syncs. */
export function openInPlace(
  storageDir: string,
  options: Partial<EnhancedFileManagerOptions> = {},
): EnhancedFileManager {
  return new EnhancedFileManager({
    storageDir,
    durability: 'relaxed',
    appendInPlaceFrom: 0,
    ...options,
  });
}

/** Messages 1 to `count` of about a kilobyte each: 300 of them make a file that is appended to in place. */
export function large(count = 300, metadata: Partial<Metadata> = {}): Conversation {
  const body = messages(count).map((one): Message => ({ ...one, text: longText(Number(one.id)) }));
  return conversation('1', body, { chat_type: 'supergroup', name: 'large', ...metadata });
}

function longText(id: number): string {
  return `message ${id} é "quoted"\n`.padEnd(1000, 'x');
}

/** A call, or the middle of a write: half of its bytes have come to the disk. */
export interface Instant {
  /** From 1. */
  readonly number: number;
  readonly call: WatchedCall;
  readonly isMiddle: boolean;
}

/**
 * The real file system, and `at` is told of each instant before the call goes on. Where it returns `die`, neither that call is
 * made nor any after it.
 */
export function stopping(at: (instant: Instant) => Promise<'die' | undefined>): FileSystem {
  let number = 0;
  let isDead = false;
  const stop = async (call: WatchedCall, isMiddle: boolean): Promise<void> => {
    number += 1;
    if (!isDead) isDead = (await at({ number, call, isMiddle })) === 'die';
    if (isDead) throw systemError('EIO', call.name);
  };
  return watching(async (call) => {
    // what is open is closed with its process
    if (isDead && call.name === 'handle.close') return undefined;
    if (isDead) throw systemError('EIO', call.name);
    try {
      await stop(call, false);
    } catch (error) {
      if (call.name !== 'handle.close') throw error;
      return async (close) => {
        await close();
        throw error;
      };
    }
    const length = Number(call.args[2]);
    if (call.name !== 'handle.write' || length < 2) return undefined;
    return async (write) => {
      const [bytes, offset, , position] = call.args;
      const written = await write(bytes, offset, length >> 1, position);
      await stop(call, true);
      return written;
    };
  });
}

/** As {@link stopping}, from right before there is an undo record on. */
export function stoppingInForce(at: (instant: Instant) => Promise<'die' | undefined>): FileSystem {
  let number = 0;
  return stopping(async (instant) => {
    const { name, args } = instant.call;
    const isBegin = name === 'open' && args[1] === 'wx' && String(args[0]).endsWith('.undo');
    if (number === 0 && !isBegin) return undefined;
    number += 1;
    return await at({ ...instant, number });
  });
}

/** The real file system, and how many bytes were read and written. */
export function metered(): {
  fileSystem: FileSystem;
  readonly bytes: { read: number; written: number };
} {
  const bytes = { read: 0, written: 0 };
  const fileSystem = watching(({ name, args }) => {
    if (name !== 'handle.read' && name !== 'handle.write') return undefined;
    return async (real) => {
      const done = await real(...args);
      bytes.read += done.bytesRead ?? 0;
      bytes.written += done.bytesWritten ?? 0;
      return done;
    };
  });
  return { fileSystem, bytes };
}
