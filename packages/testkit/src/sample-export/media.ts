import type { Chat } from './chat.ts';
import { stickerFile } from './formatted-text.ts';
import { english } from './languages.ts';
import { field, textField } from './layout.ts';
import { fileTime } from './local-time.ts';
import { inventedName } from './sentences.ts';

/** What stands in place of a path when a file was not exported. */
export const placeholders = [
  '(File not included. Change data exporting settings to download.)',
  '(File exceeds maximum size. Change data exporting settings to download.)',
  '(File unavailable, please try again later)',
] as const;

/** Whether a file was exported, and if not, why. */
export type Export = 'path' | (typeof placeholders)[number];

/** The fields of one attachment, sent at `at`. */
export type Attachment = (chat: Chat, at: number, exported?: Export) => string[];

/** A photo. */
export const photo: Attachment = (chat, at, exported = anyExport(chat)) => {
  const { random } = chat;
  const number = chat.countFile('photos');
  const name = `photo_${number}@${fileTime(at)}.jpg`;
  const wide = random.chance(0.6);
  return [
    textField('photo', pathOr(exported, `${chat.folder}/photos/${name}`)),
    field('photo_file_size', random.int(20_000, 300_000)),
    field('width', wide ? 1280 : random.int(590, 960)),
    field('height', wide ? random.int(590, 960) : 1280),
    field('media_spoiler', number % 40 === 2 || undefined),
    field('self_destruct_period_seconds', exported === placeholders[2] ? 30 : undefined),
  ];
};

/** A video. */
export const video: Attachment = (chat, at, exported) =>
  document(chat, exported, {
    folder: 'video_files',
    name: `video_${chat.countFile('video_files')}@${fileTime(at)}.mp4`,
    maxBytes: 90_000_000,
    thumbnail: true,
    fields: [
      textField('media_type', 'video_file'),
      textField('mime_type', 'video/mp4'),
      field('duration_seconds', chat.random.int(1, 600)),
      field('width', 848),
      field('height', 480),
      field('media_spoiler', chat.random.chance(0.03) || undefined),
    ],
  });

/** A round video. */
export const videoMessage: Attachment = (chat, at, exported) =>
  document(chat, exported, {
    folder: 'round_video_messages',
    name: `file_${chat.countFile('round_video_messages')}@${fileTime(at)}.mp4`,
    maxBytes: 6_000_000,
    thumbnail: true,
    fields: [
      textField('media_type', 'video_message'),
      textField('mime_type', 'video/mp4'),
      field('duration_seconds', chat.random.int(1, 60)),
      field('width', 384),
      field('height', 384),
    ],
  });

/** A voice message. */
export const voiceMessage: Attachment = (chat, at, exported) =>
  document(chat, exported, {
    folder: 'voice_messages',
    name: `audio_${chat.countFile('voice_messages')}@${fileTime(at)}.ogg`,
    maxBytes: 900_000,
    thumbnail: false,
    fields: [
      textField('media_type', 'voice_message'),
      textField('mime_type', 'audio/ogg'),
      field('duration_seconds', chat.random.int(1, 240)),
    ],
  });

/** A GIF, which is a video without sound. */
export const animation: Attachment = (chat, _at, exported) =>
  document(chat, exported, {
    folder: 'video_files',
    name: copyName('animation.gif.mp4', chat.countFile('animations')),
    maxBytes: 2_000_000,
    thumbnail: true,
    fields: [
      textField('media_type', 'animation'),
      textField('mime_type', 'video/mp4'),
      field('duration_seconds', chat.random.int(1, 9)),
      field('width', 320),
      field('height', 180),
    ],
  });

/** A piece of music. */
export const audio: Attachment = (chat, _at, exported) => {
  const title = inventedName(chat.random, english);
  return document(chat, exported, {
    folder: 'files',
    name: `${title}.mp3`,
    maxBytes: 12_000_000,
    thumbnail: true,
    fields: [
      textField('media_type', 'audio_file'),
      textField('performer', inventedName(chat.random, english)),
      textField('title', title),
      textField('mime_type', 'audio/mpeg'),
      field('duration_seconds', chat.random.int(90, 420)),
    ],
  });
};

/** Any other file. */
export const plainFile: Attachment = (chat, _at, exported) => {
  const [suffix, mime] = chat.random.pick(fileTypes);
  const stem = chat.random.pick(['Rechnung', 'scan', 'отчёт за март', 'notes "final"', '(draft)']);
  return document(chat, exported, {
    folder: 'files',
    name: copyName(`${stem}.${suffix}`, chat.countFile(`${stem}.${suffix}`)),
    maxBytes: 20_000_000,
    thumbnail: suffix === 'pdf',
    fields: [textField('mime_type', mime)],
  });
};

/** A sticker. The same ones come again and again, with the same path: a file is downloaded once. */
export const sticker: Attachment = (chat, _at, exported = 'path') => {
  const { random } = chat;
  const file = stickerFile(random, chat.folder);
  const moving = file.endsWith('.tgs');
  return [
    textField('file', pathOr(exported, file)),
    textField('file_name', moving ? 'AnimatedSticker.tgs' : 'sticker.webm'),
    field('file_size', random.int(9_000, 60_000)),
    textField('thumbnail', pathOr(exported, `${file}_thumb.jpg`)),
    field('thumbnail_file_size', random.int(2_000, 9_000)),
    textField('media_type', 'sticker'),
    textField('sticker_emoji', random.pick(['😀', '🐸', '🫶', '🤷‍♀️'])),
    textField('mime_type', moving ? 'application/x-tgsticker' : 'video/webm'),
    field('duration_seconds', moving ? undefined : 3),
    field('width', 512),
    field('height', 512),
  ];
};

/** All kinds of files, the frequent ones several times. */
export const attachments: readonly Attachment[] = [
  ...[photo, photo, photo, photo, photo, photo, sticker, sticker, sticker],
  ...[voiceMessage, voiceMessage, video, animation, videoMessage, plainFile, audio],
];

/** Stickers and round videos stand alone; all others can have a text. */
export function takesCaption(attachment: Attachment): boolean {
  return attachment !== sticker && attachment !== videoMessage;
}

interface DocumentFile {
  readonly folder: string;
  readonly name: string;
  readonly maxBytes: number;
  readonly thumbnail: boolean;
  readonly fields: readonly string[];
}

function document(
  chat: Chat,
  exported: Export = anyExport(chat),
  { folder, name, maxBytes, thumbnail, fields }: DocumentFile,
): string[] {
  const path = `${chat.folder}/${folder}/${name}`;
  const size = chat.random.int(3_000, maxBytes);
  const thumbnailFields = [
    textField('thumbnail', pathOr(exported, `${path}_thumb.jpg`)),
    field('thumbnail_file_size', chat.random.int(2_000, 18_000)),
  ];
  return [
    textField('file', pathOr(exported, path)),
    textField('file_name', name),
    field('file_size', size),
    ...(thumbnail ? thumbnailFields : []),
    ...fields,
  ];
}

function anyExport({ random }: Chat): Export {
  const chance = random.next();
  if (chance < 0.45) return 'path';
  return placeholders[chance < 0.85 ? 0 : chance < 0.97 ? 1 : 2];
}

function pathOr(exported: Export, path: string): string {
  return exported === 'path' ? path : exported;
}

/** The second file of a name gets a number before its first dot. */
function copyName(name: string, count: number): string {
  return count === 1 ? name : name.replace(/\.|$/, ` (${count - 1})$&`);
}

const fileTypes: readonly (readonly [suffix: string, mime: string])[] = [
  ['pdf', 'application/pdf'],
  ['tar.gz', 'application/gzip'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['txt', 'text/plain'],
];
