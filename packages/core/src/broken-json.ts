// A walk through the bytes of a conversation file that may be damaged: one pass, no recursion, no text decoded.
// 1. Only objects whose brackets, commas and colons are in order from end to end are found.
// 2. Of what stands in such an object nothing is found on its own.
// 3. Where brackets are lost, lines help: the messages of a file begin in one column, or all share one line.

import type { ByteSpan } from './byte-span.ts';
import { BYTE_ORDER_MARK } from './utf8.ts';

/** A whole value that may be a message, metadata, or something else at the top. Offsets are in bytes. */
export interface Found {
  /** `messages`: directly in the messages. `top`: directly in the document. `stray`: in a broken object, or in none. */
  readonly place: 'messages' | 'top' | 'stray';
  /** The key with its quotes; both `-1` for an element of an array. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
  readonly isObject: boolean;
  /** Whether it has a member `id` that is written as its key is. */
  readonly idIsKey: boolean;
  /** How many errors stood before it. */
  readonly errors: number;
}

/** What {@link walkBrokenJson} saw. */
export interface Walk {
  readonly found: readonly Found[];
  /** The keys of the messages. */
  readonly labels: readonly ByteSpan[];
  /** Whether it is one object of JSON, from end to end, that has messages. */
  readonly isWhole: boolean;
  /** How many errors there are, not counting that the file ends early. */
  readonly errors: number;
  /** Whether all brackets fit, so that errors are local and nothing stands at another depth than it seems. */
  readonly isBalanced: boolean;
  /** The column in which messages begin; -1 where they share lines, `undefined` where no messages were entered. */
  readonly column: number | undefined;
}

/** Walks through a file. A damaged one is walked through twice: its layout only counts where brackets do not suffice. */
export function walkBrokenJson(bytes: Uint8Array): Walk {
  const strict = new Walker(bytes, false).walk();
  return strict.isWhole ? strict : new Walker(bytes, true).walk();
}

/** The column of a token that is the first of its line, else -1. */
export function columnOf(bytes: Uint8Array, at: number): number {
  let before = at - 1;
  while (before >= 0 && isBlank(bytes[before])) before -= 1;
  return before < 0 || bytes[before] === NEWLINE ? at - 1 - before : -1;
}

/** The index behind the string that begins at `start`, and whether it ended with a quote and may stand in JSON. */
export function endOfString(
  bytes: Uint8Array,
  start: number,
): { end: number; isClosed: boolean; isClean: boolean } {
  let isClean = true;
  let at = start + 1;
  for (; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return { end: at + 1, isClosed: true, isClean };
    // never raw in a string: the closing quote is lost
    if (byte === NEWLINE) break;
    if (byte < SPACE) isClean = false;
    if (byte === BACKSLASH && bytes[at + 1] !== NEWLINE) at += 1;
  }
  return { end: Math.min(at, bytes.length), isClosed: false, isClean: false };
}

export function afterSpace(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(bytes[at])) at += 1;
  return at;
}

/** Whether a key and the opening brace of its value begin at `start`. */
export function isObjectMember(bytes: Uint8Array, start: number): boolean {
  if (bytes[start] !== QUOTE) return false;
  const { end, isClosed } = endOfString(bytes, start);
  const colon = afterSpace(bytes, end);
  return isClosed && bytes[colon] === COLON && bytes[afterSpace(bytes, colon + 1)] === OPEN_BRACE;
}

export function isText(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (bytes[start + at] !== text.charCodeAt(at)) return false;
  }
  return true;
}

type Role = 'outside' | 'document' | 'messages' | 'nested';
type Want = 'first' | 'item' | 'colon' | 'value' | 'comma';

/** An object or array that has not ended; the outermost is none, and stands for the file. */
interface Frame {
  readonly role: Role;
  readonly isArray: boolean;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  /** Index of the nearest frame of the other kind that it stands in. */
  readonly other: number;
  /** How much had been found when it began. */
  readonly foundBefore: number;
  isClean: boolean;
  want: Want;
  /** The key whose colon or value comes next. */
  memberStart: number;
  memberEnd: number;
  /** The value of `id`. */
  idStart: number;
  idEnd: number;
}

class Walker {
  readonly #bytes: Uint8Array;
  readonly #mends: boolean;
  readonly #found: Found[] = [];
  readonly #labels: ByteSpan[] = [];
  readonly #stack: Frame[] = [];
  #top: Frame;
  /** Index of the messages in the stack; -1 outside of them. */
  #messages = -1;
  /** Brackets deeper than {@link MAX_DEPTH}, which are counted only. */
  #tooDeep = 0;
  #errors = 0;
  /** Errors that leave the depth in doubt. */
  #breaks = 0;
  #documents = 0;
  #column: number | undefined;
  #errorsAtLastDocument = 0;
  /** The column in which the first key of the document begins. */
  #documentColumn = -1;

  constructor(bytes: Uint8Array, mends: boolean) {
    this.#bytes = bytes;
    this.#mends = mends;
    this.#top = newFrame('outside', { want: 'value' });
    this.#stack.push(this.#top);
  }

  walk(): Walk {
    const bytes = this.#bytes;
    let at = isText(bytes, 0, Math.min(3, bytes.length), BYTE_ORDER_MARK) ? 3 : 0;
    while (at < bytes.length && (this.#mends || this.#errors === 0)) at = this.#step(at);
    const hasEnded = this.#stack.length === 1 && this.#documents === 1;
    return {
      found: this.#found,
      labels: this.#labels,
      isWhole: hasEnded && this.#errors === 0 && this.#labels.length > 0,
      errors: this.#errors,
      isBalanced: hasEnded && this.#breaks === 0,
      column: this.#column,
    };
  }

  /** Takes the token at `at`; returns where the next one begins. */
  #step(at: number): number {
    const byte = this.#bytes[at] as number;
    if (byte === NEWLINE && this.#mends) this.#resync(at + 1);
    if (isSpace(byte)) return at + 1;
    if (byte === QUOTE) return this.#string(at);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#open(at, byte === OPEN_BRACKET && !this.#looksLikeMessages(at));
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      this.#close(at, byte === CLOSE_BRACKET);
    } else if (byte === COMMA) this.#comma();
    else if (byte === COLON) {
      if (this.#top.want === 'colon') this.#top.want = 'value';
      else this.#error();
    } else return this.#word(at);
    return at + 1;
  }

  #string(start: number): number {
    const { end, isClosed, isClean } = endOfString(this.#bytes, start);
    if (!isClean) this.#error();
    const top = this.#top;
    if (top.role === 'outside') this.#error();
    const isKey = !top.isArray && (top.want !== 'value' || this.#isKey(end));
    if (top.isArray || !isKey) this.#scalar(start, end, isClean);
    else {
      if (top.want !== 'first' && top.want !== 'item') this.#error();
      if (top.role === 'document' && top.want === 'first' && top.isClean) {
        this.#documentColumn = columnOf(this.#bytes, start);
      }
      top.want = 'colon';
      top.memberStart = start;
      top.memberEnd = end;
    }
    if (!isClosed || end === this.#bytes.length || isDelimiter(this.#bytes[end])) return end;
    // a quote too many or too few before: this string's end is the beginning of the next
    this.#error();
    return end - 1;
  }

  /** Whether the string that ends here must be a key, though a value was expected: that one is lost. */
  #isKey(end: number): boolean {
    return this.#top.role === 'outside' || this.#bytes[afterSpace(this.#bytes, end)] === COLON;
  }

  #word(start: number): number {
    let end = start;
    while (end < this.#bytes.length && isWordByte(this.#bytes[end])) end += 1;
    const isWord =
      end > start && end - start <= MAX_WORD && WORD.test(latin(this.#bytes.subarray(start, end)));
    if (isWord && this.#wantsValue() && this.#top.role !== 'outside') this.#scalar(start, end);
    else this.#error();
    return Math.max(end, start + 1);
  }

  #wantsValue(): boolean {
    const { isArray, want } = this.#top;
    return isArray ? want === 'first' || want === 'item' : want === 'value';
  }

  #scalar(start: number, end: number, isClean = true): void {
    const top = this.#top;
    if (!this.#wantsValue()) this.#error();
    top.want = 'comma';
    if (top.isArray) return;
    if (isText(this.#bytes, top.memberStart, top.memberEnd, '"id"')) {
      top.idStart = start;
      top.idEnd = end;
    }
    if (top.role === 'document' && isClean) {
      this.#find('top', top.memberStart, top.memberEnd, start, end, {});
    }
  }

  #comma(): void {
    const top = this.#top;
    if (top.want !== 'comma' || top.role === 'outside') this.#error();
    top.want = 'item';
  }

  #open(at: number, isArray: boolean): void {
    if (this.#stack.length > MAX_DEPTH) {
      this.#tooDeep += 1;
      this.#error();
      return;
    }
    const parent = this.#top;
    const hasKey = !parent.isArray && parent.want === 'value' && parent.memberStart >= 0;
    const role = this.#roleOf(at, isArray, hasKey);
    const isMisplaced = !parent.isArray && !hasKey && role !== 'document';
    if (isMisplaced) this.#breaks += 1;
    if (isMisplaced || !this.#wantsValue()) this.#error();
    if (isMisplaced && isArray) return;
    const index = this.#stack.length;
    if (role === 'messages') {
      this.#messages = index;
      this.#labels.push({ start: parent.memberStart, end: parent.memberEnd });
    }
    if (role === 'document') this.#documents += 1;
    const isFirst = parent.role === 'messages' && parent.isClean && !isArray;
    if (isFirst && this.#column === undefined) {
      this.#column = this.#layoutAt(hasKey ? parent.memberStart : at, at);
    }
    const key = hasKey ? parent : NO_KEY;
    const other = parent.isArray === isArray ? parent.other : index - 1;
    this.#top = newFrame(role, {
      isArray,
      keyStart: key.memberStart,
      keyEnd: key.memberEnd,
      start: at,
      other,
      foundBefore: this.#found.length,
      isClean: !isMisplaced,
    });
    this.#stack.push(this.#top);
  }

  #roleOf(at: number, isArray: boolean, hasKey: boolean): Role {
    const { role, memberStart, memberEnd } = this.#top;
    if (role === 'outside' && !hasKey) {
      // elsewhere it is part of something whose beginning is lost
      const isStart =
        this.#errors === this.#errorsAtLastDocument || columnOf(this.#bytes, at) === 0;
      return isStart && !isArray ? 'document' : 'nested';
    }
    // a second time in one document, they are those of something within a message
    const hasThem = this.#mends && this.#labels.length >= Math.max(1, this.#documents);
    // only the brace of the document is missing, not what an object within a message stood in
    const isStart = role === 'outside' && memberStart < MAX_START;
    const isMember = role === 'document' && this.#isOfDocument(memberStart);
    if (hasThem || !hasKey || !(isMember || isStart)) return 'nested';
    const isNamed = isText(this.#bytes, memberStart, memberEnd, '"messages"');
    return isNamed || this.#looksLikeMessages(at) ? 'messages' : 'nested';
  }

  /** Whether the key is one of the document, and not of something in it whose brace is lost. */
  #isOfDocument(key: number): boolean {
    if (this.#top.isClean || key < MAX_START) return true;
    const column = columnOf(this.#bytes, key);
    return column >= 0 && column === this.#documentColumn;
  }

  /** Whether it begins as the messages do in our layout, so that only their name is damaged. */
  #looksLikeMessages(at: number): boolean {
    const isNewLine = this.#bytes[at + 1] === NEWLINE && isObjectMember(this.#bytes, at + 2);
    return this.#mends && this.#labels.length === 0 && isNewLine;
  }

  /** The column of the messages, seen at the first; -1 where what they hold may begin in the same one. */
  #layoutAt(first: number, brace: number): number {
    const column = columnOf(this.#bytes, first);
    const inner = afterSpace(this.#bytes, brace + 1);
    const innerColumn = columnOf(this.#bytes, inner);
    return innerColumn >= 0 && innerColumn <= column ? -1 : column;
  }

  #close(at: number, isArray: boolean): void {
    if (this.#tooDeep > 0) {
      this.#tooDeep -= 1;
      return;
    }
    const top = this.#top;
    const isOutside = top.role === 'outside';
    if (isOutside || top.isArray !== isArray) {
      this.#error();
      this.#breaks += 1;
      // one that would end the messages from within a message is one too many
      if (isOutside || top.other <= Math.max(0, this.#messages)) return;
      this.#popTo(top.other);
    }
    if (this.#top.want !== 'first' && this.#top.want !== 'comma') this.#error();
    this.#pop(at + 1);
  }

  #pop(end: number): void {
    const frame = this.#stack.pop() as Frame;
    const parent = this.#stack[this.#stack.length - 1] as Frame;
    this.#top = parent;
    parent.want = 'comma';
    if (frame.role === 'messages') this.#messages = -1;
    if (frame.role === 'document') this.#errorsAtLastDocument = this.#errors;
    if (!frame.isClean) {
      parent.isClean = false;
      return;
    }
    if (frame.role !== 'nested') return;
    this.#found.length = frame.foundBefore;
    const { keyStart, keyEnd, start } = frame;
    const details = { isObject: !frame.isArray, idIsKey: this.#idIsKey(frame) };
    const isItem = parent.role === 'messages' && parent.isArray === keyStart < 0;
    if (isItem) this.#find('messages', keyStart, keyEnd, start, end, details);
    else if (keyStart < 0) return;
    else if (parent.role === 'document') this.#find('top', keyStart, keyEnd, start, end, details);
    else if (this.#mends && (details.idIsKey || this.#isMetadata(keyStart, keyEnd))) {
      this.#find('stray', keyStart, keyEnd, start, end, details);
    }
  }

  #find(
    place: Found['place'],
    keyStart: number,
    keyEnd: number,
    start: number,
    end: number,
    { isObject = false, idIsKey = false },
  ): void {
    const errors = this.#errors;
    this.#found.push({ place, keyStart, keyEnd, start, end, isObject, idIsKey, errors });
  }

  #idIsKey({ keyStart, keyEnd, idStart, idEnd }: Frame): boolean {
    if (keyStart < 0 || idStart < 0) return false;
    const key = this.#bytes.subarray(keyStart + 1, keyEnd - 1);
    const quotes = this.#bytes[idStart] === QUOTE ? 1 : 0;
    return Buffer.compare(key, this.#bytes.subarray(idStart + quotes, idEnd - quotes)) === 0;
  }

  #isMetadata(start: number, end: number): boolean {
    return isText(this.#bytes, start, end, '"metadata"');
  }

  /** Leaves what is open but should not be, where a line begins as a message or the metadata do. */
  #resync(lineStart: number): void {
    const bytes = this.#bytes;
    const column = this.#column;
    if (column === undefined || column < 0) return;
    let at = lineStart;
    while (isBlank(bytes[at])) at += 1;
    const width = at - lineStart;
    if (width > column) return;
    const document = this.#stack[1]?.role === 'document' ? 1 : 0;
    if (isText(bytes, at, Math.min(at + 10, bytes.length), '"metadata"')) {
      if (isObjectMember(bytes, at)) this.#popTo(document);
      return;
    }
    if (width !== column) return;
    const container = this.#messages >= 0 ? this.#messages : document;
    const isArray = this.#stack[container]?.isArray;
    if (isArray ? bytes[at] === OPEN_BRACE : isObjectMember(bytes, at)) this.#popTo(container);
  }

  #popTo(index: number): void {
    if (this.#stack.length - 1 > index) {
      this.#errors += 1;
      this.#breaks += 1;
      this.#tooDeep = 0;
    }
    while (this.#stack.length - 1 > index) {
      this.#top.isClean = false;
      this.#pop(-1);
    }
  }

  #error(): void {
    this.#errors += 1;
    this.#top.isClean = false;
  }
}

function newFrame(role: Role, rest: Partial<Frame>): Frame {
  return {
    role,
    isArray: false,
    keyStart: -1,
    keyEnd: -1,
    start: -1,
    other: -1,
    foundBefore: 0,
    isClean: true,
    want: 'first',
    memberStart: -1,
    memberEnd: -1,
    idStart: -1,
    idEnd: -1,
    ...rest,
  };
}

function isSpace(byte: number | undefined): boolean {
  return byte === SPACE || byte === NEWLINE || byte === RETURN || byte === TAB;
}

function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}

/** What may follow a string. */
function isDelimiter(byte: number | undefined): boolean {
  return (
    isSpace(byte) ||
    byte === COMMA ||
    byte === COLON ||
    byte === CLOSE_BRACE ||
    byte === CLOSE_BRACKET
  );
}

function isWordByte(byte: number | undefined): boolean {
  return !isDelimiter(byte) && byte !== QUOTE && byte !== OPEN_BRACE && byte !== OPEN_BRACKET;
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

/** Deeper values can't be written again. */
const MAX_DEPTH = 10_000;
/** No number has more digits. */
const MAX_WORD = 100_000;
/** Where messages begin whose document has no beginning, at the latest. */
const MAX_START = 16;
const WORD = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const NO_KEY = { memberStart: -1, memberEnd: -1 };
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
