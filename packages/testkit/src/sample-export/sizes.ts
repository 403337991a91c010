/** How long a chat gets. */
export interface Length {
  /** About how many messages it will have. */
  readonly expected: number;
  /** Whether small talk goes on after so many messages. */
  readonly more: (count: number) => boolean;
}

/** The lengths of all chats. */
export interface Sizes {
  /** The length of a small chat, by its share of all messages. */
  readonly small: (share: number) => Length;
  readonly supergroup: Length;
  readonly channel: Length;
}

/** What has been written so far. */
export interface Tally {
  bytes: number;
  messages: number;
  conversations: number;
}

/** Lengths that give about so many messages in all. */
export function sizesByMessages(messages: number): Sizes {
  const { small, big } = split(messages);
  return {
    small,
    supergroup: counted(big * SUPERGROUP_SHARE),
    channel: counted(big * (1 - SUPERGROUP_SHARE)),
  };
}

/** Lengths that give about so many bytes in all; the tally has to be kept while writing. */
export function sizesByBytes(bytes: number, tally: Readonly<Tally>): Sizes {
  const { small, big } = split(bytes / BYTES_PER_MESSAGE);
  const channelShare = 1 - SUPERGROUP_SHARE;
  const until =
    (limit: number): Length['more'] =>
    () =>
      tally.bytes < limit;
  return {
    small,
    supergroup: {
      expected: big * SUPERGROUP_SHARE,
      more: until(bytes - big * channelShare * BYTES_PER_MESSAGE),
    },
    channel: { expected: big * channelShare, more: until(bytes) },
  };
}

/** Small chats stop growing: the biggest exports are big because of a few chats. */
function split(messages: number): { small: Sizes['small']; big: number } {
  const base = Math.min(messages, 100_000);
  return {
    small: (share) => counted(base * share),
    big: messages - base * SMALL_SHARE,
  };
}

function counted(expected: number): Length {
  return { expected, more: (count) => count < expected };
}

/** The sum of the shares that the small chats have in plan.ts. */
const SMALL_SHARE = 0.32;

const SUPERGROUP_SHARE = 0.7;

/** Measured; only an estimate is needed. */
const BYTES_PER_MESSAGE = 680;
