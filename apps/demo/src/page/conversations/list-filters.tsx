import { Search, SlidersHorizontal, X } from 'lucide-react';
import { type Ref, useState } from 'react';
import { IconButton } from '../parts/button.tsx';
import { Checkbox } from '../parts/checkbox.tsx';
import { chatTypes } from './chat-types.ts';
import styles from './list-filters.module.css';
import type { ListQuery, SortKey } from './list-query.ts';

interface FiltersProps {
  readonly query: ListQuery;
  readonly onChange: (query: ListQuery) => void;
  /** Moves from the text to the list. */
  readonly onDown: () => void;
  readonly input: Ref<HTMLInputElement>;
}

/** What the list shows: text always in sight, the rest behind a button. */
export function ListFilters({ query, onChange, onDown, input }: FiltersProps) {
  const chosen = Number(!!query.status) + Number(!!query.type) + Number(query.onlyFailed);
  const [isOpen, setOpen] = useState(chosen > 0 || query.sort !== 'last');
  const set = (change: Partial<ListQuery>) => onChange({ ...query, ...change });
  return (
    <search className={styles.filters}>
      <div className={styles.bar}>
        <div className={styles.text}>
          <Search size={16} aria-hidden="true" />
          <input
            ref={input}
            type="search"
            aria-label="Filter by name, username or id"
            placeholder="Filter"
            value={query.text}
            onChange={(event) => set({ text: event.target.value })}
            onKeyDown={(event) => {
              if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
              event.preventDefault();
              onDown();
            }}
          />
          {query.text && (
            <IconButton icon={X} label="Clear the filter" onClick={() => set({ text: '' })} />
          )}
        </div>
        <IconButton
          icon={SlidersHorizontal}
          label={chosen > 0 ? `Filters and order, ${chosen} set` : 'Filters and order'}
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
      </div>
      {isOpen && <Choices query={query} set={set} />}
    </search>
  );
}

interface ChoicesProps {
  readonly query: ListQuery;
  readonly set: (change: Partial<ListQuery>) => void;
}

function Choices({ query, set }: ChoicesProps) {
  return (
    <div className={styles.choices}>
      <label>
        Status
        <select value={query.status} onChange={(event) => set({ status: event.target.value })}>
          <option value="">All</option>
          <option value="unprocessed">Unprocessed</option>
          <option value="processed">Processed</option>
        </select>
      </label>
      <label>
        Type
        <select value={query.type} onChange={(event) => set({ type: event.target.value })}>
          <option value="">All</option>
          {Object.entries(chatTypes).map(([type, { many }]) => (
            <option key={type} value={type}>
              {many}
            </option>
          ))}
        </select>
      </label>
      <label>
        Order
        <select
          value={query.sort}
          onChange={(event) => set({ sort: event.target.value as SortKey })}
        >
          <option value="last">Last message</option>
          <option value="name">Name</option>
          <option value="messages">Messages</option>
          <option value="size">Size</option>
        </select>
      </label>
      <Checkbox
        label="Only failed"
        checked={query.onlyFailed}
        onChange={(onlyFailed) => set({ onlyFailed })}
      />
    </div>
  );
}
