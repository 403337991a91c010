import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import styles from './button.module.css';
import { classNames } from './class-names.ts';
import { Spinner } from './progress.tsx';

interface ButtonProps extends ComponentProps<'button'> {
  /** `primary`: the one thing to do here. `danger`: it replaces or stops something. */
  readonly variant?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly icon?: LucideIcon;
  /** What it does is under way: it can't be pressed, and turns. */
  readonly isBusy?: boolean;
}

export function Button(props: ButtonProps) {
  const { variant = 'plain', icon: Icon, isBusy = false, className, children, ...rest } = props;
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || isBusy}
      className={classNames(styles.button, styles[variant], className)}
    >
      {isBusy ? <Spinner /> : Icon && <Icon size={16} aria-hidden="true" />}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  /** What it does; also its tooltip. */
  readonly label: string;
  readonly icon: LucideIcon;
}

export function IconButton({ label, icon: Icon, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      {...rest}
      className={classNames(styles.icon, className)}
    >
      <Icon size={19} aria-hidden="true" />
    </button>
  );
}
