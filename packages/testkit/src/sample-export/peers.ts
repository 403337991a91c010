import type { Language } from './languages.ts';
import { quote } from './layout.ts';

/** A user, basic group or channel, with the JSON of its name and id prepared: they are printed with every message. */
export interface Peer {
  /** Number without prefix; unique only among peers of one kind. */
  readonly id: number;
  /** Null for deleted accounts. */
  readonly name: string | null;
  readonly firstName: string | null;
  readonly nameJson: string;
  /** `"user123"`; absent for senders who hide their account. */
  readonly idJson: string | undefined;
  /** The number by which bots know peers: 48 bits of id below the kind. */
  readonly typedId: number;
  readonly language: Language;
}

/** How peers are numbered: each kind has numbers of its own. */
export type PeerKind = 'user' | 'chat' | 'channel';

/** A peer by first and last name or title; a name of null is a deleted account. */
export function peer(
  kind: PeerKind,
  id: number,
  language: Language,
  firstName: string | null,
  lastName = '',
): Peer {
  const name = firstName && lastName ? `${firstName} ${lastName}` : firstName;
  return {
    id,
    name,
    firstName,
    nameJson: name === null ? 'null' : quote(name),
    idJson: `"${kind}${id}"`,
    typedId: kindBits[kind] * 2 ** 48 + id,
    language,
  };
}

/** Someone of whom only the name is known, as in forwards from people who hide their account. */
export function hiddenPeer(name: string, language: Language): Peer {
  return { ...peer('user', 0, language, name), idJson: undefined };
}

const kindBits = { user: 0, chat: 1, channel: 2 };
