import { instant } from './dates.ts';
import type { Metadata } from './metadata.ts';
import type { Participant } from './participant.ts';

/**
 * The metadata of two sources of one conversation: what the one with the later last message says, filled up from the
 * other; participants of both, by id. Counts and revision are left to whoever writes the result.
 */
export function mergeMetadata(existing: Metadata, incoming: Metadata): Metadata {
  const incomingIsLater =
    instant(incoming.last_message_date) >= instant(existing.last_message_date);
  const [earlier, later] = incomingIsLater ? [existing, incoming] : [incoming, existing];
  const inOrder = [...(existing.participants ?? []), ...(incoming.participants ?? [])];
  const participants = mergeParticipants(
    inOrder,
    earlier.participants ?? [],
    later.participants ?? [],
  );
  return {
    ...earlier,
    ...withoutNulls(later),
    conversation_id: existing.conversation_id,
    ...(participants.length > 0 && { participants }),
  };
}

function mergeParticipants(
  inOrder: Participant[],
  earlier: Participant[],
  later: Participant[],
): Participant[] {
  const byId = new Map<string, Participant>();
  // who is known stays in his place
  for (const { id } of inOrder) byId.set(String(id), { id });
  for (const participant of [...earlier, ...later]) {
    const key = String(participant.id);
    byId.set(key, { ...byId.get(key), ...withoutNulls(participant) });
  }
  return [...byId.values()];
}

function withoutNulls<T extends object>(value: T): T {
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(entries) as T;
}
