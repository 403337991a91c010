import type { Reaction } from '@tgstore/schema';
import { setKey } from '../set-key.ts';
import type { PeerKind } from './peer-id.ts';
import { senderIdOf } from './sender-id.ts';

/** The reactions of a message; `undefined` where the value is not what Telegram Desktop writes. */
export function convertReactions(source: unknown, chat: PeerKind): Reaction[] | undefined {
  if (!Array.isArray(source)) return undefined;
  const reactions: Reaction[] = [];
  for (const item of source as unknown[]) {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined;
    const reaction = convertReaction(item as Record<string, unknown>, chat);
    if (!reaction) return undefined;
    reactions.push(reaction);
  }
  return reactions;
}

function convertReaction(source: Record<string, unknown>, chat: PeerKind): Reaction | undefined {
  const { emoji, count, recent } = source;
  if (!Number.isSafeInteger(count) || (count as number) < 0 || 'user_ids' in source) {
    return undefined;
  }
  const hasEmoji = typeof emoji === 'string';
  if (!hasEmoji && emoji !== undefined && emoji !== null) return undefined;
  const reaction: Reaction = hasEmoji
    ? { emoji, count: count as number }
    : { count: count as number };
  const ids = recentSenders(recent, chat);
  if (ids.length > 0) reaction.user_ids = ids;
  for (const key in source) {
    if (key === 'emoji' || key === 'count') continue;
    if (key === 'type' && hasEmoji && source[key] === 'emoji') continue;
    setKey(reaction, key, source[key]);
  }
  return reaction;
}

function recentSenders(recent: unknown, chat: PeerKind): string[] {
  if (!Array.isArray(recent)) return [];
  return recent
    .map((item) => senderIdOf((item as { from_id?: unknown } | null)?.from_id, chat))
    .filter((id) => id !== undefined);
}
