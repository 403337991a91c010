import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../parts/button.tsx';
import { copyText } from '../parts/copy-text.ts';
import styles from './entity-text.module.css';

interface CodeBlockProps {
  readonly language: string | undefined;
  readonly text: string;
}

/** Preformatted text, left to right, with a button that copies it. */
export function CodeBlock({ language, text }: CodeBlockProps) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className={styles.block} dir="ltr">
      <div className={styles.blockHead}>
        <span>{language || 'code'}</span>
        <IconButton
          icon={isCopied ? Check : Copy}
          label={isCopied ? 'Copied' : 'Copy the code'}
          onClick={() => void copyText(text).then(setCopied)}
        />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it */}
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}
