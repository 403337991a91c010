import type { Conversation } from './conversation.ts';
import type { Metadata } from './metadata.ts';

/** `initial` takes personal chats, chats with bots and private groups; `all` takes everything. */
export type FetchMode = 'initial' | 'all';

/** Not a group, and `chat_type` is `private`. */
export function isPersonalChat(metadata: Metadata): boolean {
  return !metadata.is_group && metadata.chat_type === 'private';
}

/** The username ends with `bot`, in any case; or `chat_type` is `bot`, as sources say that know no usernames. */
export function isBotChat(metadata: Metadata): boolean {
  return /bot$/i.test(metadata.username ?? '') || metadata.chat_type === 'bot';
}

/** A group, not a channel, and `chat_type` is not `channel`. */
export function isPrivateGroup(metadata: Metadata): boolean {
  return metadata.is_group === true && !metadata.is_channel && metadata.chat_type !== 'channel';
}

/** Those of the conversations that a fetch mode takes, in the order given. */
export function filterConversations<T extends Pick<Conversation, 'metadata'>>(
  conversations: Iterable<T>,
  mode: FetchMode,
): T[] {
  return [...conversations].filter(({ metadata }) => mode === 'all' || isInitial(metadata));
}

function isInitial(metadata: Metadata): boolean {
  return isPersonalChat(metadata) || isBotChat(metadata) || isPrivateGroup(metadata);
}
