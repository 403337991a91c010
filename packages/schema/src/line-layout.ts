import { stringifyJson } from './json.ts';
import type { Message } from './message.ts';
import type { Metadata } from './metadata.ts';

/**
 * The layout of a conversation file: one message a line, the metadata in the last line. A raw newline never stands
 * inside a JSON string, so the file can be read, searched and appended to line by line.
 *
 * ```
 * {"messages":{
 * "101":{"id":101,"text":"Hi"},
 * "102":{"id":102,"text":"Ho"}
 * },
 * "metadata":{"conversation_id":"12345"}}
 * ```
 */
export const FIRST_LINE = '{"messages":{\n';

/** Stands between two messages. */
export const MESSAGE_SEPARATOR = ',\n';

/** Stands after the last message; where there is none, its first newline is that of the first line. */
export const AFTER_MESSAGES = '\n},\n';

/** Begins the last line. */
export const BEFORE_METADATA = '"metadata":';

/** The line of one message, without separator. */
export function messageLine(message: Message, key: string = String(message.id)): string {
  // a number needs no escapes; nearly all ids are numbers
  const isNumber = typeof message.id === 'number' && String(message.id) === key;
  const quoted = isNumber ? `"${key}"` : JSON.stringify(key);
  return `${quoted}:${stringifyJson(message)}`;
}

/** Everything from the end of the last message to the end of the file. */
export function closingLines(
  metadata: Metadata,
  {
    other = {},
    empty = false,
  }: { other?: Record<string, unknown> | undefined; empty?: boolean } = {},
): string {
  const others = stringifyJson(other).slice(1, -1);
  const after = empty ? AFTER_MESSAGES.slice(1) : AFTER_MESSAGES;
  return `${after}${BEFORE_METADATA}${stringifyJson(metadata)}${others && `,${others}`}}\n`;
}
