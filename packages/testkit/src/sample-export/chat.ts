import type { Cast } from './cast.ts';
import type { Random } from './random.ts';

/** A message's number and time. */
export interface Stamp {
  readonly id: number;
  /** Seconds since 1970, UTC. */
  readonly at: number;
}

/** A chat while it is written: its place in time, its numbers, its files. */
export interface Chat {
  readonly random: Random;
  readonly cast: Cast;
  /** Folder of its media: `chats/chat_1`. */
  readonly folder: string;
  /** True while more small talk is wanted. */
  more(): boolean;
  /** Goes on to the next message. */
  next(): Stamp;
  /** Another message at the same second, as in albums. */
  nextAtOnce(): Stamp;
  /** The id of one of the last messages. */
  earlier(): number;
  /** The id of a message that is not in the export, as soon as there is a gap. */
  missing(): number;
  /** How many files of that kind there are by now, the new one included. */
  countFile(kind: string): number;
}

/** What a {@link Chat} is made from. */
export interface ChatOptions {
  readonly random: Random;
  readonly cast: Cast;
  readonly folder: string;
  /** Whether small talk goes on after so many messages. */
  readonly more: (count: number) => boolean;
  /** Counts files by their kind; shared by chats with one folder. */
  readonly files: Map<string, number>;
  /** About how many messages there will be, to spread them over the time. */
  readonly expected: number;
  readonly start: number;
  readonly end: number;
  readonly ids: IdRule;
}

/** The id of the message after `previous`, sent at `at`. */
export type IdRule = (at: number, previous: number | undefined, random: Random) => number;

/** Starts a chat before its first message. */
export function createChat(options: ChatOptions): Chat {
  const { random, cast, folder, files, more, expected, start, end, ids } = options;
  const recent: number[] = [];
  let at = start;
  let id: number | undefined;
  let missing: number | undefined;
  let count = 0;

  const stamp = (): Stamp => {
    const previous = id;
    id = ids(at, previous, random);
    if (previous !== undefined && id - previous > 1) missing = previous + 1;
    recent[count++ % 40] = id;
    return { id, at };
  };
  const earlier = (): number => random.pick(recent);
  return {
    random,
    cast,
    folder,
    more: () => more(count),
    next: () => {
      // most messages come in bursts; the pauses between them use up the time that is left
      const pause = (end - at) / Math.max(expected - count, expected / 50, 10);
      const burst = random.chance(0.75);
      at += Math.ceil(random.next() * (burst ? Math.min(90, pause) : pause * 6));
      // conversations may go on into the night, but do not begin there
      if (!burst && isNight(at)) at += 6 * 3600;
      at = Math.min(at, end);
      return stamp();
    },
    nextAtOnce: stamp,
    earlier,
    missing: () => missing ?? earlier(),
    countFile: (kind) => {
      const total = (files.get(kind) ?? 0) + 1;
      files.set(kind, total);
      return total;
    },
  };
}

/** From one to seven in Germany, roughly. */
function isNight(at: number): boolean {
  return at % 86_400 < 6 * 3600;
}

/** Numbers of a supergroup or channel: from 1, with gaps where messages were deleted. */
export const channelIds: IdRule = (_at, previous, random) =>
  previous === undefined ? 1 : previous + 1 + (random.chance(0.1) ? random.int(1, 5) : 0);

/** The same when only own messages are exported: others wrote in between. */
export const sparseIds: IdRule = (_at, previous = 400, random) => previous + random.int(2, 40);

/**
 * Numbers of private chats and basic groups. They come from one counter for the account, which we do not keep:
 * it is read off the clock, and each chat has a remainder of its own, so that no two chats share a number.
 */
export function accountIds(chatNumber: number, offset = 0): IdRule {
  return (at, previous, random) => {
    const byClock = Math.floor((at - ACCOUNT_START) / 3600) * CHATS + chatNumber + offset;
    if (previous === undefined) return byClock;
    return Math.max(byClock, previous + CHATS * (random.chance(0.1) ? random.int(2, 4) : 1));
  };
}

/** What is added to the ids of a basic group's messages when they are shown in the supergroup it became. */
export const MIGRATED_OFFSET = -1_000_000_000;

/** When the account was opened: 4 February 2019. */
export const ACCOUNT_START = 1_549_270_000;

/** When the export was made: 9 January 2026. */
export const EXPORTED_AT = 1_767_960_000;

/** More private chats than there are. */
const CHATS = 40;
