import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Job, JobRequest } from '../../api/index.ts';
import { takeJobAnswer } from '../client/job.ts';
import { postJson, request } from '../client/request.ts';

/** Starts and stops the job; what becomes of it comes as events. */
export function useJobCommands() {
  const client = useQueryClient();
  const take = (job: Job | null) => takeJobAnswer(client, job);
  const start = useMutation({
    mutationFn: (body: JobRequest) => postJson<Job>('/api/job', body),
    onSuccess: take,
  });
  const stop = useMutation({
    mutationFn: async () => (await (await request('/api/job', { method: 'DELETE' })).json()) as Job,
    onSuccess: take,
  });
  return { start, stop };
}
