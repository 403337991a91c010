import type { ShownMessage } from '../../api/index.ts';

/** A message and what its neighbours say about how it stands. */
export interface MessageRow {
  readonly message: ShownMessage;
  /** The first of a day. */
  readonly startsDay: boolean;
  /** The first, and the last, of those that one sender sent in a row. */
  readonly startsGroup: boolean;
  readonly endsGroup: boolean;
}

const GROUP_MS = 15 * 60_000;

/** A row for each message; rows that are the same as in `known` are the same objects. */
export function toRows(
  messages: readonly ShownMessage[],
  known: ReadonlyMap<ShownMessage, MessageRow>,
): MessageRow[] {
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const after = messages[index + 1];
    const startsDay = !before || !isSameDay(before, message);
    const row = {
      message,
      startsDay,
      startsGroup: startsDay || !isSameGroup(before, message),
      endsGroup: !after || !isSameDay(message, after) || !isSameGroup(message, after),
    };
    const old = known.get(message);
    return old && isEqual(old, row) ? old : row;
  });
}

function isEqual(a: MessageRow, b: MessageRow): boolean {
  return (
    a.startsDay === b.startsDay && a.startsGroup === b.startsGroup && a.endsGroup === b.endsGroup
  );
}

function isSameDay(a: ShownMessage, b: ShownMessage): boolean {
  if (!a.date || !b.date) return true;
  return new Date(a.date).toDateString() === new Date(b.date).toDateString();
}

function isSameGroup(a: ShownMessage, b: ShownMessage): boolean {
  if (a.service !== undefined || b.service !== undefined) return false;
  return (
    a.isOutgoing === b.isOutgoing &&
    a.sender?.id === b.sender?.id &&
    a.sender?.name === b.sender?.name &&
    Math.abs(Date.parse(b.date ?? '') - Date.parse(a.date ?? '')) < GROUP_MS
  );
}
