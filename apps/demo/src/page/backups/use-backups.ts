import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  BackupOverview,
  BackupRequest,
  RestoreOutcome,
  RestoreRequest,
  ShownBackup,
  VerifiedBackup,
} from '../../api/index.ts';
import { CONVERSATIONS_KEY } from '../client/conversations.ts';
import { getJson, postJson } from '../client/request.ts';

const BACKUPS_KEY = ['backups'] as const;

export function useBackups() {
  return useQuery({
    queryKey: BACKUPS_KEY,
    queryFn: ({ signal }) => getJson<BackupOverview>('/api/backups', signal),
    // other processes make some, too
    staleTime: 0,
    refetchInterval: 15_000,
  });
}

export function useCreateBackup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: BackupRequest) => postJson<ShownBackup>('/api/backups', body),
    onSettled: () => client.invalidateQueries({ queryKey: BACKUPS_KEY }),
  });
}

export function useVerifyBackup(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => postJson<VerifiedBackup>(`/api/backups/${encodeURIComponent(id)}/verify`),
    onSettled: () => client.invalidateQueries({ queryKey: BACKUPS_KEY }),
  });
}

/** What a restore would do. It is asked anew each time: the store may have changed. */
export function useRestorePreview(id: string, overwrite: boolean) {
  return useQuery({
    queryKey: ['restore-preview', id, overwrite],
    queryFn: () => restore(id, { dryRun: true, overwrite }),
    staleTime: 0,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

export function useRestore(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: RestoreRequest) => restore(id, body),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: CONVERSATIONS_KEY });
      return client.invalidateQueries({ queryKey: BACKUPS_KEY });
    },
  });
}

function restore(id: string, body: RestoreRequest): Promise<RestoreOutcome> {
  return postJson<RestoreOutcome>(`/api/backups/${encodeURIComponent(id)}/restore`, body);
}
