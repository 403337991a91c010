import { CircleCheck, CircleDashed, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConversationStatus } from '../../api/index.ts';
import styles from './badge.module.css';
import { classNames } from './class-names.ts';

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

interface BadgeProps {
  readonly tone?: Tone;
  readonly icon?: LucideIcon;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A word or two on a ground whose colour says the same again. */
export function Badge({ tone = 'neutral', icon: Icon, title, children }: BadgeProps) {
  return (
    <span className={classNames(styles.badge, styles[tone])} title={title}>
      {Icon && <Icon size={13} aria-hidden="true" />}
      {children}
    </span>
  );
}

export function StatusBadge({ status }: { readonly status: ConversationStatus }) {
  return status === 'processed' ? (
    <Badge tone="good" icon={CircleCheck}>
      processed
    </Badge>
  ) : (
    <Badge icon={CircleDashed}>unprocessed</Badge>
  );
}
