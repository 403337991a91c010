import type { Message } from '@tgstore/schema';

/** What a message says, in one line: `(pinned a message)`, `[photo photos/1.jpg] its text`. */
export function describeContent({
  text,
  media_type,
  media_path,
  deleted,
  raw_data,
}: Message): string {
  if (deleted) return '(deleted)';
  const parts: string[] = [];
  if (typeof raw_data?.action === 'string') parts.push(`(${raw_data.action})`);
  if (media_type) parts.push(`[${[media_type, media_path].filter(Boolean).join(' ')}]`);
  if (text) parts.push(text);
  return parts.join(' ');
}
