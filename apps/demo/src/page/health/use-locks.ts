import { useQuery } from '@tanstack/react-query';
import type { LockOverview } from '../../api/index.ts';
import { getJson } from '../client/request.ts';

/** Looked at again every two seconds, while the page is in sight. */
export function useLocks() {
  return useQuery({
    queryKey: ['locks'],
    queryFn: ({ signal }) => getJson<LockOverview>('/api/locks', signal),
    staleTime: 0,
    refetchInterval: 2000,
  });
}
