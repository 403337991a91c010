import { Download } from 'lucide-react';
import type { ShownMedia } from '../../api/index.ts';
import { formatBytes, formatDuration } from '../parts/format.ts';
import { wordsOfKind } from './media-kinds.ts';
import { useMessageActions } from './message-actions.ts';
import styles from './message-media.module.css';

/** What a message carries: shown where the file is there, named where it is not. */
export function MessageMedia({ media }: { readonly media: ShownMedia }) {
  if (media.url === undefined) return <FileCard media={media} />;
  switch (media.shownAs) {
    case 'image':
      return <Picture media={media} />;
    case 'video':
      return <Film media={media} />;
    case 'audio':
      return <Sound media={media} />;
    default:
      return <FileCard media={media} />;
  }
}

/** Says with its box how large it will be, so that nothing moves when it comes. */
function Picture({ media }: { readonly media: ShownMedia }) {
  const { showImage } = useMessageActions();
  const { label } = wordsOfKind(media.kind);
  const isSticker = media.kind === 'sticker';
  const image = (
    <img
      src={media.url}
      alt={media.name ? `${label}: ${media.name}` : label}
      loading="lazy"
      decoding="async"
      data-secret=""
    />
  );
  const box = { ...boxOf(media, isSticker ? 192 : 400, isSticker ? 192 : 360) };
  if (!showImage || isSticker) {
    return (
      <div className={isSticker ? styles.sticker : styles.picture} style={box}>
        {image}
      </div>
    );
  }
  return (
    <button
      type="button"
      className={styles.picture}
      style={box}
      aria-label={`Enlarge: ${label}`}
      onClick={() => showImage(media)}
    >
      {image}
    </button>
  );
}

function Film({ media }: { readonly media: ShownMedia }) {
  const isLoop = media.kind === 'animation' || media.kind === 'sticker';
  return (
    // biome-ignore lint/a11y/useMediaCaption: chats have no captions for their videos
    <video
      className={media.kind === 'video_message' ? styles.round : styles.picture}
      style={boxOf(media, 400, 360)}
      src={media.url}
      controls
      loop={isLoop}
      preload="metadata"
      aria-label={wordsOfKind(media.kind).label}
      data-secret=""
    />
  );
}

function Sound({ media }: { readonly media: ShownMedia }) {
  const { label } = wordsOfKind(media.kind);
  return (
    <figure className={styles.sound}>
      <figcaption className={styles.facts}>
        {media.kind === 'audio_file' && media.name ? <bdi data-secret="">{media.name}</bdi> : label}
        {media.durationSeconds !== undefined && ` · ${formatDuration(media.durationSeconds)}`}
      </figcaption>
      {/* biome-ignore lint/a11y/useMediaCaption: chats have no captions for their sounds */}
      <audio src={media.url} controls preload="none" aria-label={label} />
    </figure>
  );
}

/** A name, what is known of the file, and the file where it is there. */
function FileCard({ media }: { readonly media: ShownMedia }) {
  const { kind, name, path, url, size, durationSeconds } = media;
  const { label, icon: Icon } = wordsOfKind(kind);
  const fileName = name ?? path?.split('/').at(-1);
  // a poll, a place or a contact never was a file
  const isFile = path !== undefined || url !== undefined || size !== undefined;
  const facts = [
    fileName === undefined ? undefined : label,
    durationSeconds === undefined ? undefined : formatDuration(durationSeconds),
    size === undefined ? undefined : formatBytes(size),
    url === undefined && isFile ? 'not in the store' : undefined,
  ].filter((fact) => fact !== undefined);
  return (
    <div className={styles.file}>
      <span className={url === undefined ? styles.absent : styles.icon}>
        <Icon size={20} aria-hidden="true" />
      </span>
      <span className={styles.fileWords}>
        {fileName === undefined ? (
          <span>{label}</span>
        ) : (
          <bdi className={styles.fileName} data-secret="" title={path}>
            {fileName}
          </bdi>
        )}
        {facts.length > 0 && <span className={styles.facts}>{facts.join(' · ')}</span>}
      </span>
      {url !== undefined && (
        <a
          className={styles.download}
          href={url}
          download={fileName ?? ''}
          aria-label={`Download ${label}`}
          title="Download"
        >
          <Download size={18} aria-hidden="true" />
        </a>
      )}
    </div>
  );
}

/** The size on the page of something so large, within a box. */
function boxOf({ width, height }: ShownMedia, maxWidth: number, maxHeight: number) {
  if (!width || !height) return { width: Math.min(maxWidth, 280), aspectRatio: '4 / 3' };
  const scale = Math.min(maxWidth / width, maxHeight / height, 1);
  return { width: Math.max(Math.round(width * scale), 64), aspectRatio: `${width} / ${height}` };
}
