import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import styles from './copy-command.module.css';

/** A command, and a button that copies it. */
export function CopyCommand({ command }: { readonly command: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => {
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      // refused by the browser: it can still be selected
      () => setCopied(false),
    );
  };
  const Icon = isCopied ? Check : Copy;
  return (
    <span className={styles.command}>
      <code>{command}</code>
      <button type="button" aria-label={`Copy ${command}`} title="Copy" onClick={copy}>
        <Icon size={14} aria-hidden="true" />
      </button>
      <output className="visually-hidden">{isCopied && 'Copied'}</output>
    </span>
  );
}
