import type { ReactNode } from 'react';
import styles from './checkbox.module.css';

interface CheckboxProps {
  readonly label: ReactNode;
  /** `'some'`: it stands for several, of which neither all nor none are chosen. */
  readonly checked: boolean | 'some';
  readonly onChange: (checked: boolean) => void;
}

export function Checkbox({ label, checked, onChange }: CheckboxProps) {
  return (
    <label className={styles.checkbox}>
      <input
        type="checkbox"
        checked={checked === true}
        ref={(box) => {
          if (box) box.indeterminate = checked === 'some';
        }}
        onChange={(event) => onChange(event.target.checked)}
      />
      {label}
    </label>
  );
}

/** How many of all are chosen, as a checkbox shows it. */
export function chosenOf(chosen: number, all: number): boolean | 'some' {
  return chosen === all || (chosen > 0 && 'some');
}
