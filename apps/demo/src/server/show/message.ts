import type { Message, Metadata } from '@tgstore/core';
import type { Reply, ShownEntity, ShownMessage, ShownReaction } from '../../api/index.ts';
import type { MediaFiles } from '../media-files.ts';
import { showDetails } from './details.ts';
import { showMedia } from './media.ts';
import { describeService } from './service.ts';
import { textOf } from './values.ts';

/** What messages of one conversation are shown with. */
export interface ShowOptions {
  readonly metadata: Pick<Metadata, 'conversation_id' | 'chat_type'>;
  readonly media: MediaFiles;
  /** Messages that may be answered, by id. */
  readonly answered?: ReadonlyMap<string, Message> | undefined;
}

/** Gives messages as the page shows them; files are looked for once. */
export function messageShower({
  metadata,
  media,
  answered,
}: ShowOptions): (message: Message) => Promise<ShownMessage> {
  const findFile = media.finder();
  return async (message) => {
    return {
      id: String(message.id),
      date: message.date ?? undefined,
      editDate: message.edit_date ?? undefined,
      ...(hasSender(message) && { sender: showSender(message) }),
      isOutgoing: isOutgoing(message, metadata),
      text: message.text ?? '',
      entities: (message.entities ?? []).map(showEntity).sort((a, b) => a.offset - b.offset),
      replyTo: showReply(message, answered),
      forwardedFrom:
        message.forwarded_from === undefined
          ? undefined
          : { name: message.forwarded_from ?? undefined },
      media: await showMedia(message, metadata.conversation_id, findFile),
      reactions: (message.reactions ?? []).map(showReaction),
      service: describeService(message),
      isDeleted: message.deleted === true,
      details: showDetails(message),
    };
  };
}

/** What a message says, in a few words. */
export function excerptOf(message: Message): string {
  const words = textOf(message.text) ?? describeService(message);
  const text = words ?? message.media_type?.replaceAll('_', ' ') ?? '';
  const line = text.replace(/\s+/gu, ' ').trim();
  // never within a surrogate pair
  return [...line.slice(0, 2 * EXCERPT_LENGTH)].slice(0, EXCERPT_LENGTH).join('');
}

function hasSender({ sender_id, sender_name }: Message): boolean {
  return (sender_id ?? sender_name) !== undefined && (sender_id ?? sender_name) !== null;
}

function showSender({ sender_id, sender_name }: Message): NonNullable<ShownMessage['sender']> {
  return {
    id: sender_id === undefined || sender_id === null ? undefined : String(sender_id),
    name: sender_name ?? undefined,
  };
}

/** Where the export does not say it: in a chat of two, whatever the other one did not send. */
function isOutgoing(
  { is_outgoing, sender_id, raw_data }: Message,
  { conversation_id, chat_type }: ShowOptions['metadata'],
): boolean {
  if (typeof is_outgoing === 'boolean') return is_outgoing;
  const isOfTwo = chat_type === 'private' || chat_type === 'bot';
  if (!isOfTwo || typeof sender_id !== 'string' || raw_data?.type === 'service') return false;
  return /^user\d+$/.test(sender_id) && sender_id !== `user${conversation_id}`;
}

function showEntity(entity: NonNullable<Message['entities']>[number]): ShownEntity {
  const { type, offset, length, url } = entity;
  const language = textOf(entity.language);
  return {
    type,
    offset,
    length,
    ...(url && isSafe(url) && { url }),
    ...(language !== undefined && { language }),
  };
}

/** Whether a link may be followed: scripts and local files may not. */
function isSafe(url: string): boolean {
  // browsers pass over white space and control characters in a scheme
  return !/[\p{Cc}\s]/u.test(url) && /^(?:https?|mailto|tel|tg):/i.test(url);
}

function showReply(
  { reply_to_id: id }: Message,
  answered: ReadonlyMap<string, Message> | undefined,
): Reply | undefined {
  if (id === undefined || id === null) return undefined;
  const message = answered?.get(String(id));
  if (!message) return { id: String(id) };
  return {
    id: String(id),
    senderName: message.sender_name ?? undefined,
    excerpt: message.deleted ? 'deleted message' : excerptOf(message),
  };
}

function showReaction(reaction: NonNullable<Message['reactions']>[number]): ShownReaction {
  const { emoji, count, type } = reaction;
  if (emoji) return { emoji, kind: 'emoji', count };
  return { kind: type === 'custom_emoji' || type === 'paid' ? type : 'unknown', count };
}

const EXCERPT_LENGTH = 120;
