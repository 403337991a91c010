/** What is wrong with a message and could be put right. */
export type RepairKind =
  /** `\x0C` for a control character, which is no JSON. */
  | 'control-escape'
  /** Two stray bytes after `\u2028` or `\u2029`. */
  | 'line-separator'
  /** Other bytes that are no UTF-8; they became U+FFFD. */
  | 'invalid-utf8'
  /** A `document_id` without quotes. */
  | 'unquoted-document-id'
  /** Two keys `text`; the first that says something stands. */
  | 'duplicate-text'
  /** No usable id; the message got one made from its bytes. */
  | 'missing-id'
  /** A value of an unexpected type; it is kept in `raw_data`. */
  | 'wrong-type';

/** A thing that could not be read and was left out. */
export interface SkippedItem {
  /** `chats.list[3].messages[17]` */
  readonly place: string;
  /** Bytes of the input before it. */
  readonly offset: number;
  /** Why. */
  readonly reason: string;
}

/** Where reading had to stop. */
export interface ReadStop {
  /** Bytes of the input before the place. */
  readonly offset: number;
  /** `chats.list[3].messages[17]` */
  readonly place: string;
  /** Id of the conversation that was being read, as the input has it, where one was. Never its name: this is logged. */
  readonly conversation?: string | undefined;
}

/** What happened while an export was read; complete when `conversations()` has ended. */
export interface ReadReport {
  /** Conversations that came out. */
  readonly conversations: number;
  /** Messages that came out. */
  readonly messages: number;
  /** Affected messages, by kind; one message counts once for each kind. */
  readonly repaired: Readonly<Record<RepairKind, number>>;
  /** What was left out: how many, and the first twenty. */
  readonly skipped: {
    /** How many. */
    readonly count: number;
    /** The first twenty. */
    readonly first: readonly SkippedItem[];
  };
  /** Sections of an account export that hold no conversations, with their number of entries: `contacts (12)`. */
  readonly sections: readonly string[];
  /** The input ended early. Everything before is whole. */
  readonly truncated?: ReadStop | undefined;
  /** The input is broken in the middle. What stands before came out, the rest was not read. */
  readonly damaged?:
    | (ReadStop & {
        /** What is wrong there. */
        readonly reason: string;
      })
    | undefined;
  /** `UTC` where local times had no zone and none was given. */
  readonly assumedTimeZone?: string | undefined;
  /** Offsets from UTC of the exporting computer, as far as the export shows them: `+01:00`. */
  readonly utcOffsets: readonly string[];
}

/** The report while it is being written. */
export class ReportBuilder implements ReadReport {
  conversations = 0;
  messages = 0;
  readonly repaired: Record<RepairKind, number> = {
    'control-escape': 0,
    'line-separator': 0,
    'invalid-utf8': 0,
    'unquoted-document-id': 0,
    'duplicate-text': 0,
    'missing-id': 0,
    'wrong-type': 0,
  };
  readonly skipped: { count: number; first: SkippedItem[] } = { count: 0, first: [] };
  readonly sections: string[] = [];
  truncated?: ReadStop;
  damaged?: ReadStop & { reason: string };
  assumedTimeZone?: string;
  readonly utcOffsets: string[] = [];

  skip(item: SkippedItem): void {
    this.skipped.count += 1;
    if (this.skipped.first.length < MAX_SKIPPED) this.skipped.first.push(item);
  }

  addOffset(offset: string): void {
    if (!this.utcOffsets.includes(offset)) this.utcOffsets.push(offset);
  }
}

const MAX_SKIPPED = 20;
