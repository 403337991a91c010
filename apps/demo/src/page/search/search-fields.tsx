import { Search } from 'lucide-react';
import { type FormEvent, useId, useRef, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { Checkbox } from '../parts/checkbox.tsx';
import { ConversationPicker } from '../parts/conversation-picker.tsx';
import { useHotkey } from '../parts/use-hotkey.ts';
import type { SearchForm } from './address.ts';
import styles from './search-fields.module.css';

interface SearchFieldsProps {
  readonly form: SearchForm;
  readonly onSearch: (form: SearchForm) => void;
}

/** What to search; nothing happens before it is sent, but for a choice of conversation. */
export function SearchFields({ form, onSearch }: SearchFieldsProps) {
  const [edited, setEdited] = useState(form);
  const [shown, setShown] = useState(form);
  // the address changed, perhaps by a step back in the history
  if (shown !== form) {
    setShown(form);
    setEdited(form);
  }
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  useHotkey('/', () => input.current?.select());

  const set = (change: Partial<SearchForm>) => setEdited((last) => ({ ...last, ...change }));
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(edited);
  };
  const hasFilters = Boolean(form.sender || form.from || form.to);
  return (
    <search>
      <form className={styles.form} onSubmit={onSubmit}>
        <div className={styles.query}>
          <label htmlFor={id} className="visually-hidden">
            Words to search for
          </label>
          <input
            ref={input}
            id={id}
            type="search"
            dir="auto"
            data-secret=""
            placeholder={edited.isRegex ? 'Regular expression' : 'Words to search for'}
            autoComplete="off"
            spellCheck={!edited.isRegex}
            value={edited.query}
            onChange={(event) => set({ query: event.target.value })}
          />
          <Button type="submit" variant="primary" icon={Search} disabled={!edited.query}>
            Search
          </Button>
        </div>
        <div className={styles.line}>
          <ConversationPicker
            label="Search in"
            value={edited.conversation}
            onChange={(conversation) => {
              set({ conversation });
              if (edited.query) onSearch({ ...edited, conversation });
            }}
          />
          <Checkbox
            label="Regular expression"
            checked={edited.isRegex}
            onChange={(isRegex) => set({ isRegex })}
          />
          <details className={styles.filters} open={hasFilters}>
            <summary>Sender and dates</summary>
            <div className={styles.fields}>
              <label>
                Sender
                <input
                  dir="auto"
                  data-secret=""
                  placeholder="Name or id"
                  value={edited.sender}
                  onChange={(event) => set({ sender: event.target.value })}
                />
              </label>
              <label>
                From
                <input
                  type="date"
                  value={edited.from}
                  max={edited.to || undefined}
                  onChange={(event) => set({ from: event.target.value })}
                />
              </label>
              <label>
                To
                <input
                  type="date"
                  value={edited.to}
                  min={edited.from || undefined}
                  onChange={(event) => set({ to: event.target.value })}
                />
              </label>
            </div>
          </details>
        </div>
      </form>
    </search>
  );
}
