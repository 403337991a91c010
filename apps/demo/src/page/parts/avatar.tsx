import { memo } from 'react';
import styles from './avatar.module.css';
import { personIndex } from './person.ts';

interface AvatarProps {
  readonly id: string;
  readonly name?: string | undefined;
  readonly size?: number;
}

/** A disc with initials, or with the emoji that the name begins with; its colour comes from the id. Decoration. */
export const Avatar = memo(function Avatar({ id, name, size = 42 }: AvatarProps) {
  return (
    <span
      className={styles.avatar}
      aria-hidden="true"
      data-secret=""
      style={{
        width: size,
        height: size,
        fontSize: size * 0.38,
        backgroundColor: `var(--disc-${personIndex(id)})`,
      }}
    >
      {initials(name ?? '') || '#'}
    </span>
  );
});

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** The first letters of the first two words, or the emoji at the start. */
function initials(name: string): string {
  const words = name.match(/\p{Extended_Pictographic}|[\p{L}\p{N}][^\s]*/gu) ?? [];
  const [first, second] = words;
  if (!first) return '';
  if (/^\p{Extended_Pictographic}/u.test(first))
    return firstGrapheme(name.slice(name.indexOf(first)));
  const more = second && /^[\p{L}\p{N}]/u.test(second) ? firstGrapheme(second) : '';
  return (firstGrapheme(first) + more).toLocaleUpperCase();
}

function firstGrapheme(text: string): string {
  for (const { segment } of graphemes.segment(text.slice(0, 32))) return segment;
  return '';
}
