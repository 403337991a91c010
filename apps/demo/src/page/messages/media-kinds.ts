import {
  ChartBarBig,
  Contact,
  File,
  Film,
  Gamepad2,
  Image,
  type LucideIcon,
  MapPin,
  Mic,
  Music,
  Sticker,
  Video,
} from 'lucide-react';

interface KindWords {
  readonly label: string;
  readonly icon: LucideIcon;
}

const kinds: Readonly<Record<string, KindWords>> = {
  photo: { label: 'Photo', icon: Image },
  image: { label: 'Photo', icon: Image },
  video: { label: 'Video', icon: Video },
  video_file: { label: 'Video', icon: Video },
  video_message: { label: 'Video message', icon: Video },
  animation: { label: 'Animation', icon: Film },
  sticker: { label: 'Sticker', icon: Sticker },
  voice: { label: 'Voice message', icon: Mic },
  voice_message: { label: 'Voice message', icon: Mic },
  audio: { label: 'Audio', icon: Music },
  audio_file: { label: 'Audio', icon: Music },
  poll: { label: 'Poll', icon: ChartBarBig },
  location: { label: 'Place', icon: MapPin },
  contact: { label: 'Contact', icon: Contact },
  game: { label: 'Game', icon: Gamepad2 },
};

/** A kind of media in words; kinds that nobody knows yet keep theirs. */
export function wordsOfKind(kind: string): KindWords {
  return Object.hasOwn(kinds, kind)
    ? (kinds[kind] as KindWords)
    : { label: kind === 'file' ? 'File' : kind.replaceAll('_', ' '), icon: File };
}
