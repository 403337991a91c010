import { SearchX, TextSearch } from 'lucide-react';
import { RequestError } from '../client/request.ts';
import { formatQuantity } from '../parts/format.ts';
import { Name } from '../parts/name.tsx';
import { EmptyState, ErrorNotice } from '../parts/notices.tsx';
import type { SearchForm } from './address.ts';
import styles from './search-notes.module.css';
import type { SearchRun } from './use-search-run.ts';

interface SearchNotesProps {
  readonly run: SearchRun;
  readonly form: SearchForm;
  readonly onRetry: () => void;
}

/** What there is to say beside the hits: that there are none, why it failed, what could not be read. */
export function SearchNotes({ run, form, onRetry }: SearchNotesProps) {
  const { state, hits, error, unreadable } = run;
  return (
    <>
      {state === 'idle' && (
        <EmptyState icon={TextSearch} title="Search every message">
          Capitals do not matter. Hits show as they are found.
        </EmptyState>
      )}
      {state === 'failed' && (
        <div className={styles.note}>
          <ErrorNotice error={error} onRetry={isPattern(error) ? undefined : onRetry} />
        </div>
      )}
      {unreadable.length > 0 && (
        <div className={styles.note}>
          <details className={styles.unreadable}>
            <summary>{formatQuantity(unreadable.length, 'conversation')} could not be read</summary>
            <ul>
              {unreadable.map(({ conversationId, error: { message } }) => (
                <li key={conversationId}>
                  <Name id={conversationId} />{' '}
                  <span dir="auto" data-secret="">
                    {message}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        </div>
      )}
      {state === 'done' && hits.length === 0 && (
        <EmptyState icon={SearchX} title="No messages found">
          {narrowed(form)
            ? 'Try it without the filters, or with fewer words.'
            : 'Try fewer words, or a part of one.'}
        </EmptyState>
      )}
    </>
  );
}

/** A regular expression that is none stays so. */
function isPattern(error: unknown): boolean {
  return error instanceof RequestError && error.code === 'EXPLORER_INVALID_PATTERN';
}

function narrowed({ conversation, sender, from, to }: SearchForm): boolean {
  return Boolean(conversation || sender || from || to);
}
