import { useMemo, useState } from 'react';
import type { ConversationRow } from '../../api/index.ts';
import { useConversations } from '../client/conversations.ts';
import { useStoreInfo } from '../client/store-info.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { Spinner } from '../parts/progress.tsx';
import { View } from '../parts/view.tsx';
import { JobPanel } from './job-panel.tsx';
import { LiveList } from './live-list.tsx';
import { byWorkState, type WorkState } from './sorts.ts';
import { StatusFigures } from './status-figures.tsx';
import { WorkList } from './work-list.tsx';

/** `/work`: what waits to be processed, what failed, and the job that does it. */
export function WorkView() {
  const { data, error, refetch } = useConversations();
  return (
    <View title="Work">
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Spinner label="Reading the list" />}
      {data && <Work rows={data} />}
      <LiveList />
    </View>
  );
}

function Work({ rows }: { readonly rows: readonly ConversationRow[] }) {
  const store = useStoreInfo();
  const groups = useMemo(() => byWorkState(rows), [rows]);
  const { processed, unprocessed, failed } = groups;
  // what needs a look comes first; but the list does not change by itself while it is read
  const [shown, setShown] = useState<WorkState>(failed.length > 0 ? 'failed' : 'unprocessed');
  const counts = {
    processed: processed.length,
    unprocessed: unprocessed.length,
    failed: failed.length,
  };
  return (
    <>
      <StatusFigures counts={counts} shown={shown} onShow={setShown} />
      {store && <JobPanel store={store} hasWork={unprocessed.length + failed.length > 0} />}
      <WorkList
        key={shown}
        state={shown}
        rows={groups[shown]}
        isReadOnly={store?.isReadOnly ?? true}
      />
    </>
  );
}
