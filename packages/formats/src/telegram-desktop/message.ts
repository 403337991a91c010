import { createHash } from 'node:crypto';
import type { Message } from '@tgstore/schema';
import { parseJson } from '@tgstore/schema';
import type { ChatFacts } from './chat-facts.ts';
import { Leftovers } from './leftovers.ts';
import { mediaOfKey, setMedia } from './media.ts';
import { type DateOptions, MessageDates } from './message-dates.ts';
import { setText } from './message-text.ts';
import { People } from './people.ts';
import { convertReactions } from './reactions.ts';
import { senderIdOf } from './sender-id.ts';
import { isPlainText } from './text.ts';
import type { UtcOffsets } from './utc-offsets.ts';

/** What the messages of one chat are read with. */
interface ConverterOptions extends ChatFacts, DateOptions {}

/**
 * Turns the messages of one chat into ours. Every value of the source finds a place: a key of ours, or `raw_data`
 * under its own name.
 *
 * This runs once per message: keys are set in one order, so that the objects share a few hidden classes, and nothing is
 * made that does not stay.
 */
export class MessageConverter {
  readonly people = new People();
  /** Whether senders had numbers as ids, as before 2.7.2; the id of the chat may be shifted then. */
  hasNumericIds = false;
  readonly #options: ConverterOptions;
  readonly #leftovers = new Leftovers();
  readonly #dates: MessageDates;

  constructor(options: ConverterOptions) {
    this.#options = options;
    this.#dates = new MessageDates(options, this.#leftovers);
  }

  /** Offsets from UTC that the local times had. */
  get offsets(): UtcOffsets {
    return this.#dates.offsets;
  }

  /** `bytes` are those of the message in the input; an id is made from them where it has none. */
  convert(source: Record<string, unknown>, bytes: Uint8Array): Message {
    const leftovers = this.#leftovers;
    leftovers.reset();
    let id: unknown;
    let type: unknown;
    let date: unknown;
    let dateUnix: unknown;
    let edited: unknown;
    let editedUnix: unknown;
    let from: unknown;
    let fromId: unknown;
    let actor: unknown;
    let actorId: unknown;
    let text: unknown;
    let textEntities: unknown;
    let replyTo: unknown;
    let replyPeer: unknown;
    let forwardedFrom: unknown;
    let photo: unknown;
    let file: unknown;
    let mediaType: unknown;
    let reactions: unknown;
    let rich: unknown;
    let otherMedia: string | undefined;
    for (const key in source) {
      const value = source[key];
      switch (key) {
        case 'id':
          id = value;
          break;
        case 'type':
          type = value;
          break;
        case 'date':
          date = value;
          break;
        case 'date_unixtime':
          dateUnix = value;
          break;
        case 'from':
          from = value;
          break;
        case 'from_id':
          fromId = value;
          break;
        case 'text':
          text = value;
          break;
        case 'text_entities':
          textEntities = value;
          break;
        case 'reply_to_message_id':
          replyTo = value;
          break;
        case 'reactions':
          reactions = value;
          break;
        case 'edited':
          edited = value;
          break;
        case 'edited_unixtime':
          editedUnix = value;
          break;
        case 'photo':
          photo = value;
          break;
        case 'file':
          file = value;
          break;
        case 'media_type':
          mediaType = value;
          break;
        case 'forwarded_from':
          forwardedFrom = value;
          break;
        case 'actor':
          actor = value;
          break;
        case 'actor_id':
          actorId = value;
          break;
        case 'reply_to_peer_id':
          replyPeer = value;
          break;
        case 'rich_message':
          rich = value;
          break;
        default:
          otherMedia = this.#keepOther(key, value) ?? otherMedia;
      }
    }

    const message: Message = { id: this.#id(id, bytes) };
    if (type !== undefined && type !== 'message') leftovers.keep('type', type);
    if (fromId === undefined && from === undefined) {
      fromId = actorId;
      from = actor;
    } else {
      if (actor !== undefined) leftovers.keep('actor', actor);
      if (actorId !== undefined) leftovers.keep('actor_id', actorId);
    }
    this.#setSender(message, fromId, from, actorId === undefined ? 'from_id' : 'actor_id');
    const sender = message.sender_id;

    let entities: Message['entities'];
    if (
      typeof text === 'string' &&
      Array.isArray(textEntities) &&
      isPlainText(text, textEntities)
    ) {
      message.text = text;
    } else {
      entities = setText(message, leftovers, { text, parts: textEntities, rich });
    }
    if (rich !== undefined) leftovers.keep('rich_message', rich);

    const sent = this.#dates.date(dateUnix, date);
    if (sent !== undefined) message.date = sent;
    if (edited !== undefined || editedUnix !== undefined) {
      const changed = this.#dates.editDate(editedUnix, edited);
      if (changed !== undefined) message.edit_date = changed;
    }
    if (this.#options.ownId !== undefined && typeof sender === 'string') {
      const { ownId, ownIdOfNumbers } = this.#options;
      message.is_outgoing = sender === (this.hasNumericIds ? ownIdOfNumbers : ownId);
    }
    if (replyTo !== undefined) this.#setReply(message, replyTo, replyPeer);
    if (replyPeer !== undefined) leftovers.keep('reply_to_peer_id', replyPeer);
    if (photo !== undefined || file !== undefined || mediaType !== undefined) {
      setMedia(message, leftovers, { photo, file, mediaType, otherMedia });
    } else if (otherMedia !== undefined) {
      message.media_type = otherMedia;
    }
    if (entities) message.entities = entities;
    if (reactions !== undefined) {
      const ours = convertReactions(reactions, this.#options.chat);
      if (!ours) leftovers.keepWrong('reactions', reactions);
      else if (ours.length > 0) message.reactions = ours;
    }
    if (typeof forwardedFrom === 'string' || forwardedFrom === null) {
      message.forwarded_from = forwardedFrom;
    } else if (forwardedFrom !== undefined) {
      leftovers.keepWrong('forwarded_from', forwardedFrom);
    }
    if (leftovers.raw !== undefined) message.raw_data = leftovers.raw;
    if (leftovers.hasWrongType) this.#options.report.repaired['wrong-type'] += 1;
    return message;
  }

  /** Keeps a key that is none of ours; returns the kind of media it stands for. */
  #keepOther(key: string, value: unknown): string | undefined {
    const isEncoded =
      typeof value === 'string' && (key === 'invoice_information' || key === 'peers');
    this.#leftovers.keep(key, isEncoded ? decoded(value) : value);
    return mediaOfKey(key, value, this.#leftovers.raw?.place_name !== undefined);
  }

  #id(id: unknown, bytes: Uint8Array): Message['id'] {
    if (typeof id === 'number' && Number.isSafeInteger(id)) return id;
    if ((typeof id === 'string' && id !== '') || typeof id === 'bigint') return id;
    if (id !== undefined && id !== null) this.#leftovers.keepWrong('id', id);
    this.#options.report.repaired['missing-id'] += 1;
    return `unnumbered-${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}`;
  }

  #setSender(message: Message, id: unknown, name: unknown, idKey: string): void {
    if (typeof id === 'string' && id !== '') {
      message.sender_id = id;
    } else if (id === null) {
      message.sender_id = null;
    } else if (id !== undefined) {
      const sender = senderIdOf(id, this.#options.chat);
      if (sender === undefined) this.#leftovers.keepWrong(idKey, id);
      else {
        message.sender_id = sender;
        this.hasNumericIds = true;
      }
    }
    if (typeof name === 'string' || name === null) message.sender_name = name;
    else if (name !== undefined) this.#leftovers.keepWrong(idKey.slice(0, -3), name);
    if (typeof message.sender_id === 'string') {
      this.people.add(message.sender_id, message.sender_name);
    }
  }

  #setReply(message: Message, id: unknown, peer: unknown): void {
    if (id === null) return;
    const isId = Number.isSafeInteger(id) || (typeof id === 'string' && id !== '');
    // with a peer the id is one of another chat
    if (isId && peer === undefined) message.reply_to_id = id as number | string;
    else if (isId) this.#leftovers.keep('reply_to_message_id', id);
    else this.#leftovers.keepWrong('reply_to_message_id', id);
  }
}

/** JSON within a string, as payments and shared peers have it; the string where it is none. */
function decoded(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text;
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
