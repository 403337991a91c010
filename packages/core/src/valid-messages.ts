import { type Message, mergeMessages, validateConversation } from '@tgstore/schema';

/**
 * Messages that come in, by their ids; of several with one id the one that a merge keeps.
 *
 * @throws {@link SchemaError} `SCHEMA_INVALID`
 */
export function validMessages(
  conversation_id: string,
  messages: Iterable<Message>,
): Map<string, Message> {
  const seen = new Set<string>();
  const repeated: Message[] = [];
  const first = [...messages].filter((message) => {
    const isFirst = seen.size < seen.add(String(message?.id)).size;
    if (!isFirst) repeated.push(message);
    return isFirst;
  });
  const validate = (some: readonly Message[]): Map<string, Message> =>
    validateConversation({ messages: some, metadata: { conversation_id } }).messages;
  const others = repeated.flatMap((message) => [...validate([message]).values()]);
  return mergeMessages(validate(first), others).messages;
}
