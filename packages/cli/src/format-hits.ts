import type { SearchHit, TextMatch } from '@tgstore/core';
import { compareMessageIds, type Message } from '@tgstore/schema';
import { describeContent } from './describe-message.ts';
import { displayWidth } from './display-width.ts';
import { fit, printable, style } from './output.ts';
import type { Screen } from './screen.ts';
import { snippet } from './snippet.ts';

/** What is printed of hits, as they come: a heading for each conversation, a line for each message, context messages once. */
export class HitFormatter {
  readonly #stream: Screen;
  #conversation: string | undefined;
  #last: string | undefined;
  #after: readonly Message[] = [];
  #text = '';

  /** @param stream for its width and colours; nothing is written to it */
  constructor(stream: Screen) {
    this.#stream = stream;
  }

  /** The lines of a hit, and of the context that is known to stand before it. */
  format(hit: SearchHit): string {
    if (hit.conversationId !== this.#conversation) this.#startConversation(hit);
    const id = String(hit.message.id);
    this.#addContext(this.#after.filter((message) => isBefore(message, id)));
    const isGap = this.#last !== undefined && hit.before.every((message) => this.#isNew(message));
    if (isGap && hit.before.length > 0) this.#addLine(style('dim', '--', this.#stream));
    this.#addContext(hit.before);
    this.#addMessage(hit.message, hit.matches);
    this.#last = id;
    this.#after = hit.after;
    return this.#take();
  }

  /** What is left after the last hit. */
  end(): string {
    this.#endConversation();
    return this.#take();
  }

  #endConversation(): void {
    this.#addContext(this.#after);
    this.#after = [];
  }

  #startConversation({ conversationId, conversationName }: SearchHit): void {
    this.#endConversation();
    if (this.#conversation !== undefined) this.#addLine();
    this.#conversation = conversationId;
    this.#last = undefined;
    const name = conversationName ? `  ${printable(conversationName)}` : '';
    const heading = fit(`${printable(conversationId)}${name}`, this.#stream);
    this.#addLine(style('bold', heading, this.#stream));
  }

  #addContext(messages: readonly Message[]): void {
    for (const message of messages) {
      if (!this.#isNew(message)) continue;
      const text = `${head(message, this.#stream)}${printable(describeContent(message))}`;
      this.#addLine(style('dim', fit(text, this.#stream), this.#stream));
      this.#last = String(message.id);
    }
  }

  #addMessage(message: Message, matches: readonly TextMatch[]): void {
    const stream = this.#stream;
    const start = head(message, stream);
    // on a narrow terminal the text stands below
    const isBelow = stream.columns - displayWidth(start) < LEAST_ROOM;
    const room = stream.columns - (isBelow ? 2 : displayWidth(start));
    const parts = snippet(message.text ?? '', matches, room, stream).map(({ text, isMatch }) =>
      isMatch ? style('bold', style('red', text, stream), stream) : text,
    );
    const shownStart = isBelow ? fit(start.trimEnd(), stream) : start;
    const gap = isBelow ? '\n  ' : '';
    this.#addLine(`${style('dim', shownStart, stream)}${gap}${parts.join('')}`);
  }

  #isNew(message: Message): boolean {
    return this.#last === undefined || !isBefore(message, this.#last, { orSame: true });
  }

  #addLine(text = ''): void {
    this.#text += `${text}\n`;
  }

  #take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}

/** `2023-11-15 12:30  101  Ann Lee: ` */
function head({ date, id, sender_name, sender_id }: Message, screen: Screen): string {
  const most = screen.isTTY ? 20 : Number.POSITIVE_INFINITY;
  const when = (date ?? '').slice(0, 16).replace('T', ' ').padEnd(16);
  const sender = sender_name ?? sender_id;
  const who =
    sender === undefined || sender === null
      ? ''
      : `${fit(printable(String(sender)), screen, most)}: `;
  return `${when}  ${fit(printable(String(id)), screen, most)}  ${who}`;
}

function isBefore(
  { id }: Message,
  other: string,
  { orSame = false }: { readonly orSame?: boolean } = {},
): boolean {
  const order = compareMessageIds(String(id), other);
  return orSame ? order <= 0 : order < 0;
}

const LEAST_ROOM = 20;
