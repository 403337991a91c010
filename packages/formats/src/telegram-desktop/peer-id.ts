import { shownId } from '@tgstore/schema';
import { FormatError } from '../errors.ts';

/** What kind of peer a chat's `type` names. Supergroups are channels; `unknown` where there is no type that we know. */
export type PeerKind = 'user' | 'chat' | 'channel' | 'unknown';

/** The kind of peer behind a chat type of Telegram Desktop. */
export function peerKind(type: unknown): PeerKind {
  return (typeof type === 'string' ? PEER_KINDS.get(type) : undefined) ?? 'unknown';
}

/** Whether the type is one that Telegram Desktop writes. */
export function isChatType(type: unknown): boolean {
  return typeof type === 'string' && PEER_KINDS.has(type);
}

/**
 * A sender's id of exports before 2.7.2, a number, as the string that newer ones have. From 2.4.1 to 2.7.1 the kind was
 * added to it: 2^32 for users, 2^33 for groups and channels.
 */
export function senderOfNumber(number: number, chat: PeerKind): string {
  if (number >= CHAT_SHIFT && chat !== 'user') {
    return `${chat === 'chat' ? 'chat' : 'channel'}${number - CHAT_SHIFT}`;
  }
  return `user${number >= USER_SHIFT && number < CHAT_SHIFT ? number - USER_SHIFT : number}`;
}

/**
 * The conversation id for a chat's `id`: the id with Telegram's mark for its kind, as the Bot API has it, so that a user, a
 * group and a channel of one number don't collide. Users `N`, basic groups `-N`, supergroups and channels
 * `-(1000000000000 + N)`, those of unknown kind `peerN`. An id that is marked already stays.
 *
 * @throws {@link FormatError} `FORMAT_BAD_ID` when it is no positive whole number, or marked for another kind.
 */
export function conversationIdOf(
  id: unknown,
  kind: PeerKind,
  { place, shifted }: { place: string; shifted: boolean },
): string {
  const number = toInteger(id);
  if (number === undefined || number === 0 || (number < 0 && !isMarkedFor(number, kind))) {
    throw new FormatError(
      'FORMAT_BAD_ID',
      `${place} has the id ${describeId(id)}, which is no id of a ${KIND_NAMES[kind]}; correct the id in the export`,
    );
  }
  if (number < 0) return String(number);
  const bare = shifted ? unshift(number, kind) : number;
  if (kind === 'user') return String(bare);
  if (kind === 'chat') return String(-bare);
  if (kind === 'channel') return `-${CHANNEL_MARK + BigInt(bare)}`;
  return `peer${bare}`;
}

function toInteger(id: unknown): number | undefined {
  const number = typeof id === 'string' && /^-?[1-9]\d{0,15}$/.test(id) ? Number(id) : id;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

// a supergroup may be called a group by look-alikes; a user is never negative
function isMarkedFor(number: number, kind: PeerKind): boolean {
  if (kind === 'user') return false;
  return kind !== 'channel' || number < -Number(CHANNEL_MARK);
}

function unshift(number: number, kind: PeerKind): number {
  if (kind === 'user') {
    return number > USER_SHIFT && number < CHAT_SHIFT ? number - USER_SHIFT : number;
  }
  return kind !== 'unknown' && number > CHAT_SHIFT ? number - CHAT_SHIFT : number;
}

function describeId(id: unknown): string {
  if (typeof id === 'object' && id !== null) return '(no text and no number)';
  return shownId(String(id));
}

const USER_SHIFT = 2 ** 32;
const CHAT_SHIFT = 2 ** 33;
const CHANNEL_MARK = 1_000_000_000_000n;
const KIND_NAMES: Record<PeerKind, string> = {
  user: 'user',
  chat: 'group',
  channel: 'supergroup or channel',
  unknown: 'chat',
};
const PEER_KINDS = new Map<string, PeerKind>([
  ['saved_messages', 'user'],
  ['replies', 'user'],
  ['verification_codes', 'user'],
  ['personal_chat', 'user'],
  ['bot_chat', 'user'],
  ['private_group', 'chat'],
  ['private_supergroup', 'channel'],
  ['public_supergroup', 'channel'],
  ['private_channel', 'channel'],
  ['public_channel', 'channel'],
]);
