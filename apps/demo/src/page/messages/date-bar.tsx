import { useEffect, useRef } from 'react';
import { Button } from '../parts/button.tsx';
import { toDayValue } from '../parts/format.ts';
import styles from './messages-view.module.css';

interface DateBarProps {
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** ISO 8601, UTC; the beginning of the day that was chosen. */
  readonly onJump: (date: string) => void;
  readonly onClose: () => void;
}

/** A day to jump to. */
export function DateBar({ first, last, onJump, onClose }: DateBarProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      className={styles.date}
      onSubmit={(event) => {
        event.preventDefault();
        const day = input.current?.value;
        if (day) onJump(new Date(`${day}T00:00`).toISOString());
      }}
    >
      <label>
        Messages from
        <input
          ref={input}
          type="date"
          required
          min={first && toDayValue(first)}
          max={last && toDayValue(last)}
          defaultValue={last && toDayValue(last)}
        />
      </label>
      <Button type="submit" variant="primary">
        Jump
      </Button>
      <Button variant="quiet" onClick={onClose}>
        Close
      </Button>
    </form>
  );
}
