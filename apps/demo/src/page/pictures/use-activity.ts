import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Activity, ActivityEvent } from '../../api/index.ts';
import { getLines, RequestError } from '../client/request.ts';

export interface ActivityProgress {
  readonly done: number;
  readonly total: number;
}

/** The activity of a conversation, or of all; it reads every message, so it is kept until it is asked for again. */
export function useActivity(conversation: string | undefined) {
  const queries = useQueryClient();
  const progressKey = ['activity-progress', conversation ?? null];
  const activity = useQuery({
    queryKey: ['activity', conversation ?? null],
    queryFn: ({ signal }) =>
      readActivity(conversation, signal, (progress) => queries.setQueryData(progressKey, progress)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { data: progress } = useQuery<ActivityProgress | null>({
    queryKey: progressKey,
    queryFn: () => null,
    enabled: false,
  });
  return { ...activity, progress: progress ?? undefined };
}

async function readActivity(
  conversation: string | undefined,
  signal: AbortSignal,
  onProgress: (progress: ActivityProgress) => void,
): Promise<Activity> {
  const query = conversation === undefined ? '' : `?${new URLSearchParams({ conversation })}`;
  for await (const event of getLines<ActivityEvent>(`/api/activity${query}`, signal)) {
    if (event.type === 'activity') return event.activity;
    if (event.type === 'failed') throw new RequestError(event.error);
    onProgress(event);
  }
  throw new RequestError({
    code: 'INCOMPLETE',
    message: 'tgstore serve stopped in the middle; try again',
  });
}
