import { posix } from 'node:path';
import type { ShownMedia } from '../api/index.ts';

export interface MediaType {
  /** `application/octet-stream` for everything that browsers shall not show. */
  readonly type: string;
  readonly shownAs?: ShownMedia['shownAs'];
}

/** Told by the ending alone. Documents that can hold scripts, as SVG and HTML, are not among them. */
export function mediaTypeOf(path: string): MediaType {
  return TYPES.get(posix.extname(path).toLowerCase()) ?? { type: 'application/octet-stream' };
}

const TYPES = new Map<string, MediaType>([
  ['.avif', { type: 'image/avif', shownAs: 'image' }],
  ['.gif', { type: 'image/gif', shownAs: 'image' }],
  ['.jpeg', { type: 'image/jpeg', shownAs: 'image' }],
  ['.jpg', { type: 'image/jpeg', shownAs: 'image' }],
  ['.png', { type: 'image/png', shownAs: 'image' }],
  ['.webp', { type: 'image/webp', shownAs: 'image' }],
  ['.m4v', { type: 'video/mp4', shownAs: 'video' }],
  ['.mov', { type: 'video/quicktime', shownAs: 'video' }],
  ['.mp4', { type: 'video/mp4', shownAs: 'video' }],
  ['.webm', { type: 'video/webm', shownAs: 'video' }],
  ['.aac', { type: 'audio/aac', shownAs: 'audio' }],
  ['.flac', { type: 'audio/flac', shownAs: 'audio' }],
  ['.m4a', { type: 'audio/mp4', shownAs: 'audio' }],
  ['.mp3', { type: 'audio/mpeg', shownAs: 'audio' }],
  ['.oga', { type: 'audio/ogg', shownAs: 'audio' }],
  ['.ogg', { type: 'audio/ogg', shownAs: 'audio' }],
  ['.opus', { type: 'audio/ogg', shownAs: 'audio' }],
  ['.wav', { type: 'audio/wav', shownAs: 'audio' }],
]);
