import { type QueryClient, useQuery } from '@tanstack/react-query';
import type { Job } from '../../api/index.ts';
import { laterJob } from './later-job.ts';
import { getJson } from './request.ts';

export const JOB_KEY = ['job'] as const;

/** The last processing job, or `null`; server events keep it fresh. */
export function useJob() {
  return useQuery({
    queryKey: JOB_KEY,
    queryFn: ({ signal }) => getJson<Job | null>('/api/job', signal),
  });
}

/** Takes the answer to a request that started or stopped a job; events of it may have come before. */
export function takeJobAnswer(client: QueryClient, answer: Job | null): void {
  client.setQueryData<Job | null>(JOB_KEY, (known) => laterJob(known, answer));
}
