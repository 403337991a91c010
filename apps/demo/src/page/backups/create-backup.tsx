import { Archive, CircleCheck, Plus } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '../parts/button.tsx';
import { formatBytes } from '../parts/format.ts';
import { Panel } from '../parts/view.tsx';
import { BackupError } from './backup-error.tsx';
import styles from './create-backup.module.css';
import { useCreateBackup } from './use-backups.ts';

export function CreateBackup() {
  const [tag, setTag] = useState('');
  const create = useCreateBackup();
  const id = useId();
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const word = tag.trim();
    create.mutate(word ? { tag: word } : {}, { onSuccess: () => setTag('') });
  };
  return (
    <Panel>
      <form className={styles.form} onSubmit={onSubmit}>
        <Archive size={20} aria-hidden="true" className={styles.icon} />
        <label htmlFor={id}>Tag</label>
        <input
          id={id}
          className={styles.tag}
          placeholder="before-the-update"
          maxLength={40}
          value={tag}
          onChange={(event) => setTag(event.target.value)}
        />
        <Button type="submit" variant="primary" icon={Plus} isBusy={create.isPending}>
          Create backup
        </Button>
      </form>
      <output className={styles.outcome}>
        {create.isPending && 'Writing and checking it…'}
        {create.data && (
          <>
            <CircleCheck size={16} aria-hidden="true" /> Created <code>{create.data.id}</code> (
            {formatBytes(create.data.size)})
          </>
        )}
      </output>
      {create.error && <BackupError error={create.error} />}
    </Panel>
  );
}
