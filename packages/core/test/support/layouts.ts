import {
  type Conversation,
  type Message,
  messageLine,
  serializeConversation,
  stringifyJson,
} from '@tgstore/schema';

/** The texts in which one conversation may stand on the disk, by what makes them special; all are read as any other. */
export function layoutsOf(conversation: Conversation): Record<string, string> {
  const ours = serializeConversation(conversation);
  const middle = Math.floor(conversation.messages.size / 2);
  const [key, one] = [...conversation.messages][middle] ?? [];
  /** Our layout with another text of the message in the middle, as an editor may leave it. */
  const edited = (edit: (line: string) => string): string => {
    if (key === undefined || one === undefined) return ours;
    const line = messageLine(one, key);
    return ours.replace(line, () => edit(line));
  };
  const { schema_version: _, ...older } = conversation.metadata;
  return {
    'our layout': ours,
    'without the last newline': ours.trimEnd(),
    'with blank lines at the end': `${ours}\n\n`,
    'with CRLF': ours.replaceAll('\n', '\r\n'),
    'of an older version': serializeConversation({ ...conversation, metadata: older }),
    'pretty-printed': pretty(conversation, 2),
    'with spaces in one line': edited((line) => line.replace(/":/, '" : ')),
    'with one message over several lines': edited(() => `"${key}": ${prettyMessage(one, 2)}`),
    'with one message over lines that begin as ours do': edited(
      () => `"${key}":${prettyMessage(one, 0)}`,
    ),
    'with two messages in one line': edited((line) => ` ${line}`).replace(',\n ', ', '),
    'with all messages in one line': inOneLine(conversation, ours),
  };
}

function inOneLine({ messages }: Conversation, ours: string): string {
  const lines = [...messages].map(([key, message]) => messageLine(message, key));
  return lines.length === 0 ? ours : ours.replace(lines.join(',\n'), () => lines.join(','));
}

function pretty({ messages, metadata, other }: Conversation, indent: number): string {
  const members = [...messages].map(
    ([key, message]) => `${JSON.stringify(key)}: ${prettyMessage(message, indent)}`,
  );
  const rest = stringifyJson({ metadata, ...other }).slice(1);
  return `{\n"messages": {\n${members.join(',\n')}\n},\n${rest}\n`;
}

/** JSON over several lines; integers keep all their digits. */
function prettyMessage(message: Message | undefined, indent: number): string {
  const text = JSON.stringify(
    message,
    (_, value) => (typeof value === 'bigint' ? `integer ${value}` : value),
    Math.max(indent, 1),
  ).replaceAll(/"integer (-?\d+)"/g, '$1');
  return indent === 0 ? text.replaceAll(/^ +/gm, '') : text;
}
