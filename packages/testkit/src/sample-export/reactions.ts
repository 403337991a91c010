import type { Chat } from './chat.ts';
import { customEmojiFile } from './formatted-text.ts';
import { array, FIELD_DEPTH, field, object, quote } from './layout.ts';
import { localTime } from './local-time.ts';
import type { Peer } from './peers.ts';
import type { Random } from './random.ts';

/** What people put under a message. */
export interface ReactionKind {
  readonly type: 'emoji' | 'custom_emoji' | 'paid';
  readonly count: number;
  /** Who put it there lately; channels do not tell. */
  readonly recent: readonly Peer[];
}

/** The `reactions` field. The original indents its items one level too far. */
export function reactionsField(chat: Chat, at: number, kinds: readonly ReactionKind[]): string {
  const { random, folder } = chat;
  const depth = FIELD_DEPTH + 2;
  const reactions = kinds.map(({ type, count, recent }, index) =>
    object(depth, [
      field('type', `"${type}"`),
      field('count', count),
      type === 'emoji' ? field('emoji', `"${emoji[(at + index) % emoji.length]}"`) : '',
      type === 'custom_emoji' ? field('document_id', quote(customEmojiFile(random, folder))) : '',
      recent.length === 0 ? '' : field('recent', recentPeople(depth + 1, at, recent, random)),
    ]),
  );
  return field('reactions', array(FIELD_DEPTH + 1, reactions));
}

/** Reactions in a chat of two: everything is known about them. */
export function privateReactions(chat: Chat, at: number, who: Peer): string {
  return reactionsField(chat, at, [{ type: 'emoji', count: 1, recent: [who] }]);
}

/** Reactions in a group: the last few people are named. */
export function groupReactions(chat: Chat, at: number): string {
  const { random, cast } = chat;
  const kinds = Array.from({ length: random.chance(0.7) ? 1 : random.int(2, 3) }, () => {
    const first = random.int(0, cast.members.length - 4);
    const recent = cast.members.slice(first, first + random.int(1, 3));
    return { type: anyType(random), count: recent.length + random.int(0, 2), recent };
  });
  return reactionsField(chat, at, kinds);
}

/** Reactions in a channel: many, from nobody. */
export function channelReactions(chat: Chat, at: number): string {
  const { random } = chat;
  const kinds = Array.from({ length: random.int(1, 7) }, () => ({
    type: anyType(random),
    // steep, as popularity is
    count: Math.floor(3 / (random.next() + 0.001)),
    recent: [],
  }));
  return reactionsField(chat, at, kinds);
}

function recentPeople(depth: number, at: number, people: readonly Peer[], random: Random): string {
  const items = people.map((person) =>
    object(depth + 1, [
      field('from', person.nameJson),
      field('from_id', person.idJson),
      field('date', `"${localTime(at + random.int(2, 4000))}"`),
    ]),
  );
  return array(depth, items);
}

function anyType(random: Random): ReactionKind['type'] {
  const chance = random.next();
  return chance < 0.88 ? 'emoji' : chance < 0.97 ? 'custom_emoji' : 'paid';
}

const emoji = ['👍', '❤', '🔥', '😁', '🤯', '🎉', '🙏', '👌', '🤷‍♂', '❤‍🔥', '💯', '🤣', '⚡'];
