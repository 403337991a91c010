import { type LucideIcon, RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { RequestError } from '../client/request.ts';
import { Button } from './button.tsx';
import styles from './notices.module.css';

interface EmptyStateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  /** What to do about it, if anything. */
  readonly children?: ReactNode;
}

/** Nothing is here, and why. */
export function EmptyState({ icon: Icon, title, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      <Icon size={36} strokeWidth={1.4} aria-hidden="true" />
      <p className={styles.title}>{title}</p>
      {children && <div>{children}</div>}
    </div>
  );
}

interface ErrorNoticeProps {
  /** A `RequestError`, a `ShownError`, or anything thrown. */
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** An error in full: its code, words and path. */
export function ErrorNotice({ error, onRetry }: ErrorNoticeProps) {
  const { code, message, path } = shown(error);
  return (
    <div className={styles.error} role="alert">
      <TriangleAlert size={18} aria-hidden="true" />
      <div className={styles.words}>
        <p dir="auto" data-secret="">
          {message}
        </p>
        <p className={styles.code}>
          <code>{code}</code>
          {path && (
            <code data-secret="">
              <bdi>{path}</bdi>
            </code>
          )}
        </p>
      </div>
      {onRetry && (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  );
}

function shown(error: unknown): { code: string; message: string; path?: string | undefined } {
  if (error instanceof RequestError) return error;
  if (error instanceof Error) return { code: error.name, message: error.message };
  if (typeof error === 'object' && error && 'code' in error && 'message' in error) {
    const path = 'path' in error ? String(error.path ?? '') : '';
    return { code: String(error.code), message: String(error.message), path: path || undefined };
  }
  return { code: 'UNKNOWN', message: String(error) };
}
