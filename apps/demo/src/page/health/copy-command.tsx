import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { copyText } from '../parts/copy-text.ts';
import styles from './copy-command.module.css';

/** A command, and a button that copies it. */
export function CopyCommand({ command }: { readonly command: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const Icon = isCopied ? Check : Copy;
  return (
    <span className={styles.command}>
      <code>{command}</code>
      <button
        type="button"
        aria-label={`Copy ${command}`}
        title="Copy"
        onClick={() => void copyText(command).then(setCopied)}
      >
        <Icon size={14} aria-hidden="true" />
      </button>
      <output className="visually-hidden">{isCopied && 'Copied'}</output>
    </span>
  );
}
