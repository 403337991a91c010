import { ChevronDown, X } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, useId, useRef, useState } from 'react';
import { useConversations } from '../client/conversations.ts';
import { IconButton } from './button.tsx';
import styles from './conversation-picker.module.css';
import { Name } from './name.tsx';

interface ConversationPickerProps {
  /** What it is for, as `Search in`. */
  readonly label: string;
  /** The id of the one that is chosen; empty is all. */
  readonly value: string;
  readonly onChange: (id: string) => void;
}

/** So many are offered; typing narrows them down. */
const OFFERED = 50;

/** One conversation or all. Not a `<select>`: there may be ten thousand, and the private mode could not blur its names. */
export function ConversationPicker({ label, value, onChange }: ConversationPickerProps) {
  const details = useRef<HTMLDetailsElement>(null);
  const { data: rows = [] } = useConversations();
  const chosen = rows.find(({ id }) => id === value);

  const close = () => {
    if (details.current) details.current.open = false;
  };
  const choose = (id: string) => {
    onChange(id);
    close();
    details.current?.querySelector('summary')?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !details.current?.open) return;
    event.stopPropagation();
    close();
    details.current.querySelector('summary')?.focus();
  };
  const onBlur = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) close();
  };
  return (
    <div className={styles.picker}>
      <details ref={details} onKeyDown={onKeyDown} onBlur={onBlur}>
        <summary className={styles.summary}>
          <span className="visually-hidden">{label}: </span>
          {value ? <Name name={chosen?.name} id={value} /> : 'All conversations'}
          <ChevronDown size={16} aria-hidden="true" />
        </summary>
        <Choices rows={rows} onChoose={choose} />
      </details>
      {value && <IconButton icon={X} label="All conversations" onClick={() => choose('')} />}
    </div>
  );
}

interface ChoicesProps {
  readonly rows: readonly { readonly id: string; readonly name?: string | undefined }[];
  readonly onChoose: (id: string) => void;
}

function Choices({ rows, onChoose }: ChoicesProps) {
  const [filter, setFilter] = useState('');
  const input = useId();
  const words = filter.trim().toLocaleLowerCase();
  const matching = rows.filter(
    ({ id, name = '' }) => id.startsWith(words) || name.toLocaleLowerCase().includes(words),
  );
  return (
    <div className={styles.choices}>
      <label htmlFor={input} className="visually-hidden">
        Name or id
      </label>
      <input
        id={input}
        type="search"
        placeholder="Name or id"
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          // it is not the form around it that is meant
          event.preventDefault();
          const [first] = matching;
          if (first && words) onChoose(first.id);
        }}
      />
      <ul>
        {!words && (
          <li>
            <button type="button" onClick={() => onChoose('')}>
              All conversations
            </button>
          </li>
        )}
        {matching.slice(0, OFFERED).map(({ id, name }) => (
          <li key={id}>
            <button type="button" onClick={() => onChoose(id)}>
              <Name name={name} id={id} />
            </button>
          </li>
        ))}
      </ul>
      {matching.length === 0 && <p>No conversation is named so.</p>}
      {matching.length > OFFERED && (
        <p>{matching.length - OFFERED} more: type to narrow them down.</p>
      )}
    </div>
  );
}
