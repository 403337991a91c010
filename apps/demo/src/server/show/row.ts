import type { FailedConversation, ListedConversation, Metadata } from '@tgstore/core';
import type { ChatType, ConversationRow, Failure, ShownError } from '../../api/index.ts';

/** A conversation as the list shows it. */
export function showRow(
  { file, metadata, size, error }: ListedConversation,
  failure: FailedConversation | undefined,
  showError: (error: unknown) => ShownError,
): ConversationRow {
  const { id, status } = file;
  if (!metadata) return { id, status, size, error: showError(error) };
  return {
    id,
    status,
    size,
    name: metadata.name ?? undefined,
    username: metadata.username ?? undefined,
    type: chatType(metadata),
    messageCount: metadata.message_count ?? undefined,
    lastMessageDate: metadata.last_message_date ?? undefined,
    failure: failure && showFailure(failure),
  };
}

/** What kind of chat it is; stores of the original may say only whether it is a group or a channel. */
function chatType({ chat_type, is_channel, is_group }: Metadata): ChatType | undefined {
  if (isChatType(chat_type)) return chat_type;
  if (is_channel) return 'channel';
  return is_group ? 'group' : undefined;
}

function isChatType(value: unknown): value is ChatType {
  return CHAT_TYPES.has(value);
}

function showFailure({ attempts, error, next_attempt }: FailedConversation): Failure {
  return { attempts, message: error.message, nextAttempt: next_attempt };
}

const CHAT_TYPES: ReadonlySet<unknown> = new Set<ChatType>([
  'private',
  'bot',
  'group',
  'supergroup',
  'channel',
]);
