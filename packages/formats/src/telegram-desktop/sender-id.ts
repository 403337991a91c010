import { type PeerKind, senderOfNumber } from './peer-id.ts';

/** A sender's id as we write it: `user1`, `chat1`, `channel1`; `undefined` where the value is none. */
export function senderIdOf(id: unknown, chat: PeerKind): string | undefined {
  if (typeof id === 'string') return id === '' ? undefined : id;
  if (!Number.isSafeInteger(id) || (id as number) <= 0) return undefined;
  return senderOfNumber(id as number, chat);
}
