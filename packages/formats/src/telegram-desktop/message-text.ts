import type { Message } from '@tgstore/schema';
import type { Leftovers } from './leftovers.ts';
import { richMessageText } from './rich-message.ts';
import { flattenText } from './text.ts';

/**
 * Sets a message's text from `text_entities`, else from `text`, else from `rich_message`, and returns its entities. Where the
 * first two say different things, `text` stays in `raw_data`.
 */
export function setText(
  message: Message,
  leftovers: Leftovers,
  { text, parts, rich }: { text: unknown; parts: unknown; rich: unknown },
): Message['entities'] | undefined {
  const hasParts = Array.isArray(parts);
  if (!hasParts && parts !== undefined && parts !== null) {
    leftovers.keepWrong('text_entities', parts);
  }
  if (text === undefined || text === null) {
    if (hasParts) return setFlatText(message, leftovers, 'text_entities', parts);
    if (typeof rich === 'object' && rich !== null) message.text = richMessageText(rich);
    return undefined;
  }
  if (!hasParts || parts.length === 0) return setFlatText(message, leftovers, 'text', text);
  const entities = setFlatText(message, leftovers, 'text_entities', parts);
  if (typeof text !== 'string' && !Array.isArray(text)) leftovers.keepWrong('text', text);
  else if (flattenText(text).text !== message.text) leftovers.keep('text', text);
  return entities;
}

function setFlatText(
  message: Message,
  leftovers: Leftovers,
  key: string,
  value: unknown,
): Message['entities'] | undefined {
  const flat = flattenText(value);
  message.text = flat.text;
  if (flat.malformed) leftovers.keepWrong(key, value);
  return flat.entities;
}
