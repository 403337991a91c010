import type { Stamp } from './chat.ts';
import { array, FIELD_DEPTH, field, MESSAGE_DEPTH, object, textField } from './layout.ts';
import { localTime } from './local-time.ts';
import type { Peer } from './peers.ts';
import { type TextPart, textFields } from './text-parts.ts';

/** What a message can have besides its number and time. */
export interface MessageContent {
  readonly from?: Peer | undefined;
  readonly edited?: number | undefined;
  readonly author?: string | undefined;
  readonly forwardedFrom?: Peer | undefined;
  readonly savedFrom?: Peer | undefined;
  readonly replyTo?: number | undefined;
  /** The chat of the message replied to, when it is another one. */
  readonly replyToPeer?: Peer | undefined;
  readonly viaBot?: string | undefined;
  /** Finished fields. */
  readonly media?: readonly string[] | undefined;
  readonly text?: readonly TextPart[] | undefined;
  /** Finished fields: `inline_bot_buttons`, `reactions`. */
  readonly tail?: readonly string[] | undefined;
}

/** A message that somebody wrote. */
export function message(stamp: Stamp, content: MessageContent): string {
  return object(MESSAGE_DEPTH, [
    ...head(stamp, 'message', content.edited),
    field('from', content.from?.nameJson),
    field('from_id', content.from?.idJson),
    textField('author', content.author),
    field('forwarded_from', content.forwardedFrom?.nameJson),
    field('forwarded_from_id', content.forwardedFrom?.idJson),
    field('saved_from', content.savedFrom?.nameJson),
    field('reply_to_message_id', content.replyTo),
    field('reply_to_peer_id', content.replyToPeer?.idJson),
    textField('via_bot', content.viaBot),
    ...(content.media ?? []),
    ...textFields(content.text ?? []),
    ...(content.tail ?? []),
  ]);
}

/** Something that happened in a chat. Some actions have no actor. */
export function service(
  stamp: Stamp,
  actor: Peer | undefined,
  action: string,
  fields: readonly string[] = [],
): string {
  return object(MESSAGE_DEPTH, [
    ...head(stamp, 'service', undefined),
    field('actor', actor?.nameJson),
    field('actor_id', actor?.idJson),
    textField('action', action),
    ...fields,
    ...textFields([]),
  ]);
}

/** A message of a kind that the exporting program did not know. */
export function unsupported({ id }: Stamp): string {
  return object(MESSAGE_DEPTH, [field('id', id), textField('type', 'unsupported')]);
}

/** The two fields for an instant: `date` and `date_unixtime`. */
export function dateFields(key: string, unixSeconds: number): [local: string, unix: string] {
  return [field(key, `"${localTime(unixSeconds)}"`), field(`${key}_unixtime`, `"${unixSeconds}"`)];
}

/** The `members` of a service message: names only. */
export function membersField(members: readonly Peer[]): string {
  const names = members.map((member) => member.nameJson);
  return field('members', array(FIELD_DEPTH, names));
}

function head({ id, at }: Stamp, type: string, edited: number | undefined): string[] {
  return [
    field('id', id),
    field('type', `"${type}"`),
    ...dateFields('date', at),
    ...(edited === undefined ? [] : dateFields('edited', edited)),
  ];
}
