import { classNames } from './class-names.ts';
import styles from './name.module.css';

interface NameProps {
  readonly name?: string | undefined;
  /** Stands for a name that is not known. */
  readonly id?: string | undefined;
  readonly className?: string | undefined;
}

/** A name of a person or conversation: its direction touches nothing around it, and the private mode blurs it. */
export function Name({ name, id, className }: NameProps) {
  return (
    <bdi data-secret="" className={classNames(styles.name, className)}>
      {name || id || 'Unknown'}
    </bdi>
  );
}
