/**
 * `GET /api/conversations/:id/messages`: the last ones, or those before or after the message with an id, around it, or from a
 * time on; `limit` at most, 100 by default and 500 at most.
 */
export interface MessagesQuery {
  readonly before?: string;
  readonly after?: string;
  readonly around?: string;
  /** ISO 8601 */
  readonly from?: string;
  readonly limit?: string;
}

/** Messages in order, of one snapshot. */
export interface MessagePage {
  readonly messages: readonly ShownMessage[];
  /** Whether there are messages before the first of these. */
  readonly hasEarlier: boolean;
  /** Whether there are messages behind the last of these. */
  readonly hasLater: boolean;
}

/** A message as it is shown: what the page needs, and all ids are strings. */
export interface ShownMessage {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly date?: string | undefined;
  /** When it was edited last; ISO 8601, UTC. */
  readonly editDate?: string | undefined;
  readonly sender?: { readonly id?: string | undefined; readonly name?: string | undefined };
  readonly isOutgoing: boolean;
  readonly text: string;
  /** By offset; they nest and may overlap. */
  readonly entities: readonly ShownEntity[];
  readonly replyTo?: Reply | undefined;
  /** Of whom it first was; without a name where that account is deleted. */
  readonly forwardedFrom?: { readonly name?: string | undefined } | undefined;
  readonly media?: ShownMedia | undefined;
  readonly reactions: readonly ShownReaction[];
  /** What happened, in words, for a message that nobody wrote: `Mira pinned a message`. */
  readonly service?: string | undefined;
  /** A tombstone: the text is empty, and in the history where it was deleted here. */
  readonly isDeleted: boolean;
  /** What else it has that has words: the question and answers of a poll, a contact, a place, buttons below it. */
  readonly details: readonly Detail[];
}

export interface Detail {
  readonly label: string;
  readonly value: string;
}

/** Offsets and lengths in UTF-16 code units. */
export interface ShownEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  /** Of a `text_link`: only `http:`, `https:`, `mailto:`, `tel:` or `tg:`. */
  readonly url?: string | undefined;
  /** Of a `pre`. */
  readonly language?: string | undefined;
}

export interface Reply {
  readonly id: string;
  /** Of the message that is answered; both absent where it is not in the store. */
  readonly senderName?: string | undefined;
  /** Its first words, or what it is. */
  readonly excerpt?: string | undefined;
}

export interface ShownMedia {
  /** `photo`, `video_file`, `animation`, `sticker`, `voice_message`, `video_message`, `audio_file`, `file`, `poll`, … */
  readonly kind: string;
  /** The name of its file, or what is known of it. */
  readonly name?: string | undefined;
  /** As the message says, relative to the export. */
  readonly path?: string | undefined;
  /** Where the file is served, with a key that is good for it alone; `undefined` where it is not there. */
  readonly url?: string | undefined;
  /** `image`, `video` or `audio` where the browser can show it. */
  readonly shownAs?: 'image' | 'video' | 'audio' | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly durationSeconds?: number | undefined;
  /** Bytes. */
  readonly size?: number | undefined;
}

export interface ShownReaction {
  /** Absent for custom emoji and stars, of which `kind` tells. */
  readonly emoji?: string | undefined;
  readonly kind: 'emoji' | 'custom_emoji' | 'paid' | 'unknown';
  readonly count: number;
}

/** `GET /api/conversations/:id/messages/:message/history`: the earliest first. */
export interface ShownHistoryEntry {
  readonly revision: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly operation: string;
  readonly kind: 'added' | 'edited' | 'deleted';
  /** The message before. */
  readonly before?: ShownMessage | undefined;
}
