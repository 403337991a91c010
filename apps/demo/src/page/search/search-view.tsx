import { useMemo, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { addressOfForm, formOfAddress, requestOfForm } from './address.ts';
import { resultRows } from './groups.ts';
import { ResultList } from './result-list.tsx';
import { SearchFields } from './search-fields.tsx';
import { SearchNotes } from './search-notes.tsx';
import { SearchStatus } from './search-status.tsx';
import styles from './search-view.module.css';
import { useSearchRun } from './use-search-run.ts';

/** `/search?q=…`: the address says what is searched, so that it can be kept and gone back to. */
export function SearchView() {
  const address = useSearch();
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const form = useMemo(() => formOfAddress(address), [address]);
  const { run, stop, again } = useSearchRun(form.query ? requestOfForm(form) : undefined);
  const rows = useMemo(() => resultRows(run.hits), [run.hits]);
  return (
    <div className={styles.view}>
      <title>Search · tgstore</title>
      <header className={styles.head}>
        <h1 tabIndex={-1}>Search</h1>
        <SearchFields
          form={form}
          onSearch={(next) => {
            const to = addressOfForm(next);
            if (to === addressOfForm(form)) again();
            else navigate(to);
          }}
        />
        <SearchStatus run={run} onStop={stop} />
      </header>
      <div ref={scroller} className={styles.results}>
        <SearchNotes run={run} form={form} onRetry={again} />
        <ResultList rows={rows} scroller={scroller} />
      </div>
    </div>
  );
}
