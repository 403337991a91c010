import type { Metadata } from '@tgstore/schema';
import { FormatError } from '../errors.ts';
import { setKey } from '../set-key.ts';
import type { MessageConverter } from './message.ts';
import { conversationIdOf, peerKind } from './peer-id.ts';

/** What metadata is made from, beside the chat's own keys. */
export interface ChatContext {
  /** For messages to people: `chats.list[3]`. */
  readonly place: string;
  /** Whether the chat is the whole export or one of an account's. */
  readonly kind: 'single' | 'account';
  /** The id to use where the chat has none. */
  readonly fallbackId: string | undefined;
}

/** What is known of a chat once its messages have been read. */
export function chatMetadata(
  fields: ReadonlyMap<string, unknown>,
  converter: MessageConverter,
  context: ChatContext,
): Metadata {
  const type = fields.get('type');
  const kind = typeof type === 'string' ? CHAT_TYPES.get(type) : undefined;
  const name = fields.get('name');
  const metadata: Metadata = {
    conversation_id: chatId(fields, context, converter.hasNumericIds),
  };
  if (typeof name === 'string' || name === null) metadata.name = name;
  else if (typeof type === 'string' && OWN_NAMES.has(type)) metadata.name = OWN_NAMES.get(type);
  if (kind) {
    metadata.is_group = kind === 'group' || kind === 'supergroup';
    metadata.is_channel = kind === 'channel';
    metadata.chat_type = kind;
  }
  if (typeof type === 'string') metadata.conversation_types = [type];
  const participants = converter.people.list();
  if (participants.length > 0) metadata.participants = participants;
  metadata.source = sourceOf(type, converter, context);
  const rest = unknownFields(fields);
  if (rest) metadata.raw_data = rest;
  return metadata;
}

/**
 * The conversation id of a chat, from the keys that are known of it.
 *
 * @throws {@link FormatError} `FORMAT_NO_ID`, `FORMAT_BAD_ID`.
 */
function chatId(
  fields: ReadonlyMap<string, unknown>,
  { place, fallbackId }: ChatContext,
  shifted: boolean,
): string {
  const id = fields.get('id') ?? undefined;
  if (id !== undefined) {
    return conversationIdOf(id, peerKind(fields.get('type')), { place, shifted });
  }
  if (fallbackId !== undefined && fallbackId !== '') return fallbackId;
  throw new FormatError(
    'FORMAT_NO_ID',
    `${place} has no id, as in exports by Telegram Desktop before 1.4.8; export again, or name an id for a single chat`,
  );
}

function sourceOf(
  type: unknown,
  converter: MessageConverter,
  { kind }: ChatContext,
): Record<string, unknown> {
  const offsets = converter.offsets.list();
  return {
    format: 'telegram-desktop',
    kind,
    ...((typeof type === 'string' || type === null) && { type }),
    ...(offsets.length > 0 && { utc_offsets: offsets }),
  };
}

function unknownFields(fields: ReadonlyMap<string, unknown>): Record<string, unknown> | undefined {
  let rest: Record<string, unknown> | undefined;
  for (const [key, value] of fields) {
    const isMapped =
      key === 'id' ||
      ((key === 'name' || key === 'type') && (typeof value === 'string' || value === null));
    if (!isMapped) rest = setKey(rest ?? {}, key, value);
  }
  return rest;
}

const OWN_NAMES = new Map([
  ['saved_messages', 'Saved Messages'],
  ['replies', 'Replies'],
  ['verification_codes', 'Verification Codes'],
]);
const CHAT_TYPES = new Map([
  ['saved_messages', 'private'],
  ['replies', 'private'],
  ['verification_codes', 'private'],
  ['personal_chat', 'private'],
  ['bot_chat', 'bot'],
  ['private_group', 'group'],
  ['private_supergroup', 'supergroup'],
  ['public_supergroup', 'supergroup'],
  ['private_channel', 'channel'],
  ['public_channel', 'channel'],
]);
