import { useQuery } from '@tanstack/react-query';
import type { StoreInfo } from '../../api/index.ts';
import { getJson } from './request.ts';

/** The store that is shown; `undefined` until it is known. */
export function useStoreInfo(): StoreInfo | undefined {
  const { data } = useQuery({
    queryKey: ['store'],
    queryFn: ({ signal }) => getJson<StoreInfo>('/api/store', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}
