import { type Ref, useEffect, useImperativeHandle, useMemo, useRef } from 'react';
import { formatDay } from '../parts/format.ts';
import { toMarks } from './time-marks.ts';
import styles from './time-scrubber.module.css';

export interface ScrubberHandle {
  /** Moves the slider to the date that is in sight. */
  readonly show: (date: string) => void;
}

interface ScrubberProps {
  readonly ref: Ref<ScrubberHandle>;
  /** ISO 8601, UTC. */
  readonly first: string;
  readonly last: string;
  /** Somebody wants to see the messages from this time on. */
  readonly onJump: (date: string) => void;
}

const DAY = 86_400_000;
/** Jumps when the slider rests so long. */
const REST_MS = 250;

/** From the first to the last day of a conversation, top to bottom. Scrolling moves it without rendering. */
export function TimeScrubber({ ref, first, last, onJump }: ScrubberProps) {
  const input = useRef<HTMLInputElement>(null);
  const bubble = useRef<HTMLOutputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const start = startOfDay(first);
  const days = Math.max(Math.round((startOfDay(last) - start) / DAY), 1);
  const marks = useMemo(() => toMarks(new Date(first), new Date(last)), [first, last]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const label = (date: string, day: number) => {
    const text = formatDay(date);
    input.current?.setAttribute('aria-valuetext', text);
    if (!bubble.current) return;
    bubble.current.textContent = text;
    bubble.current.style.top = `${(day / days) * 100}%`;
  };
  useImperativeHandle(ref, () => ({
    show: (date) => {
      // not while somebody drags it
      if (!input.current || timer.current !== undefined || input.current.matches(':active')) return;
      const day = Math.round((startOfDay(date) - start) / DAY);
      if (input.current.value === String(day) && bubble.current?.textContent) return;
      input.current.value = String(day);
      label(date, day);
    },
  }));
  const onChange = (day: number) => {
    const date = dayAfter(start, day).toISOString();
    label(date, day);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      timer.current = undefined;
      onJump(date);
    }, REST_MS);
  };

  return (
    <div className={styles.scrubber}>
      <div className={styles.marks} aria-hidden="true">
        {marks.map(({ label: words, at }) => (
          <span key={at} className={styles.mark} style={{ top: `${at * 100}%` }}>
            {words}
          </span>
        ))}
      </div>
      <input
        ref={input}
        className={styles.input}
        type="range"
        aria-label="Date of the messages in sight"
        aria-orientation="vertical"
        min={0}
        max={days}
        defaultValue={days}
        onChange={(event) => onChange(event.target.valueAsNumber)}
      />
      <output ref={bubble} className={styles.bubble} aria-hidden="true" />
    </div>
  );
}

function startOfDay(date: string): number {
  const at = new Date(date);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** Days of 23 and 25 hours count as days. */
function dayAfter(start: number, days: number): Date {
  const at = new Date(start);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
}
