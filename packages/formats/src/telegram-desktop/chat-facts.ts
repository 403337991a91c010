import type { PeerKind } from './peer-id.ts';
import type { TimeZone } from './time-zone.ts';

/** What is known of a chat before its messages. */
export interface ChatFacts {
  readonly chat: PeerKind;
  /** Sender id of the exporting account, where it is known. */
  readonly ownId?: string | undefined;
  /** The same where senders have numbers as ids. */
  readonly ownIdOfNumbers?: string | undefined;
}

/** The zone of local times. */
export interface ZoneOptions {
  readonly zone: TimeZone;
  /** Whether a zone was named; otherwise local times are read as UTC, and the report says so. */
  readonly hasZone: boolean;
}
