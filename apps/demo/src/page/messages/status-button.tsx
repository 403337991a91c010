import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleDashed } from 'lucide-react';
import type { ConversationRow, StatusChange } from '../../api/index.ts';
import { applyChanges } from '../client/conversations.ts';
import { postJson } from '../client/request.ts';
import { useStoreInfo } from '../client/store-info.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import styles from './messages-view.module.css';

/** Marks a conversation as the other status; absent where nothing may be changed. */
export function StatusButton({ row }: { readonly row: ConversationRow }) {
  const client = useQueryClient();
  const store = useStoreInfo();
  const status = row.status === 'processed' ? 'unprocessed' : 'processed';
  const mark = useMutation({
    mutationFn: () =>
      postJson<ConversationRow>(`/api/conversations/${encodeURIComponent(row.id)}/status`, {
        status,
      } satisfies StatusChange),
    onSuccess: (changed) => applyChanges(client, { changed: [changed], removed: [] }),
  });
  if (!store || store.isReadOnly) return null;
  return (
    <>
      <Button
        variant="quiet"
        icon={status === 'processed' ? CircleCheck : CircleDashed}
        isBusy={mark.isPending}
        aria-label={`Mark ${status}`}
        title={`Mark ${status}`}
        onClick={() => mark.mutate()}
      >
        <span className={styles.wide}>Mark {status}</span>
      </Button>
      {mark.error && (
        <Dialog title={`It could not be marked as ${status}`} onClose={() => mark.reset()}>
          <ErrorNotice error={mark.error} onRetry={() => mark.mutate()} />
        </Dialog>
      )}
    </>
  );
}
