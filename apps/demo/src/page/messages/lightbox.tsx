import { Download, X } from 'lucide-react';
import type { ShownMedia } from '../../api/index.ts';
import { IconButton } from '../parts/button.tsx';
import { useModal } from '../parts/dialog.tsx';
import styles from './lightbox.module.css';
import { wordsOfKind } from './media-kinds.ts';

interface LightboxProps {
  readonly media: ShownMedia;
  readonly onClose: () => void;
}

/** A picture as large as the window allows. */
export function Lightbox({ media, onClose }: LightboxProps) {
  const dialog = useModal();
  const label = media.name ?? wordsOfKind(media.kind).label;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape, which the browser knows, does what a click does
    <dialog
      ref={dialog}
      className={styles.box}
      aria-label={label}
      onClose={onClose}
      onClick={onClose}
    >
      <img src={media.url} alt={label} data-secret="" />
      <div className={styles.bar}>
        <a
          href={media.url}
          download={media.name ?? ''}
          aria-label="Download"
          title="Download"
          onClick={(event) => event.stopPropagation()}
        >
          <Download size={20} aria-hidden="true" />
        </a>
        <IconButton icon={X} label="Close" onClick={onClose} />
      </div>
    </dialog>
  );
}
