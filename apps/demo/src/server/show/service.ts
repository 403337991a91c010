import type { Message } from '@tgstore/core';
import { describeAction } from './actions.ts';
import { isRaw, textOf } from './values.ts';

/** What happened, in words, where nobody wrote the message: `Mira pinned a message`. */
export function describeService({
  sender_name,
  sender_id,
  raw_data,
  deleted,
}: Message): string | undefined {
  if (deleted || !isRaw(raw_data)) return undefined;
  if (raw_data.type === 'unsupported') return 'A message that the exporting program could not read';
  const action = textOf(raw_data.action);
  if (raw_data.type !== 'service' && action === undefined) return undefined;
  // accounts that are deleted have an id only
  const actor = textOf(sender_name) ?? (sender_id ? 'A deleted account' : undefined);
  const information = textOf(raw_data.information_text);
  if (action === undefined) return information ?? 'Something happened';
  return describeAction(action, actor, raw_data);
}
