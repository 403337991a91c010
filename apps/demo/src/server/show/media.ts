import { posix } from 'node:path';
import type { Message } from '@tgstore/core';
import type { ShownMedia } from '../../api/index.ts';
import type { FindFile } from '../media-files.ts';
import { mediaTypeOf } from '../media-types.ts';
import { isRaw, joinedText, numberOf, type Raw, textOf } from './values.ts';

/** What a message carries beside its text; its address only where the file is there. */
export async function showMedia(
  { id, media_type, media_path, raw_data }: Message,
  conversationId: string,
  findFile: FindFile,
): Promise<ShownMedia | undefined> {
  if (!media_type && !media_path) return undefined;
  const raw = raw_data ?? {};
  const path = textOf(media_path);
  const url = path && (await findFile(path, conversationId, String(id)));
  const shownAs = path === undefined ? undefined : mediaTypeOf(path).shownAs;
  const kind = media_type ?? 'file';
  return {
    kind,
    name: nameOf(raw, path, kind),
    path,
    url,
    shownAs,
    width: numberOf(raw.width),
    height: numberOf(raw.height),
    durationSeconds: numberOf(raw.duration_seconds),
    size: numberOf(raw.file_size) ?? numberOf(raw.photo_file_size),
  };
}

function nameOf(raw: Raw, path: string | undefined, kind: string): string | undefined {
  const song = [raw.performer, raw.title].filter((part) => textOf(part)).join(' – ');
  if (kind === 'audio_file' && song) return song;
  if (kind === 'sticker') return textOf(raw.sticker_emoji);
  return textOf(raw.file_name) ?? (path && posix.basename(path)) ?? titleOf(raw);
}

/** Of media without a file. */
function titleOf({
  poll,
  todo_list,
  place_name,
  game_title,
  invoice_information,
}: Raw): string | undefined {
  const titles = [
    isRaw(poll) ? poll.question : undefined,
    isRaw(todo_list) ? todo_list.title : undefined,
    place_name,
    game_title,
    isRaw(invoice_information) ? invoice_information.title : undefined,
  ];
  return titles.map(joinedText).find((title) => title !== undefined);
}
