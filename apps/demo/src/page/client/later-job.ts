import type { Job } from '../../api/index.ts';

/** Of two states of a job the later one; of two jobs the one that was answered. */
export function laterJob(known: Job | null | undefined, answer: Job | null): Job | null {
  if (!known || known.id !== answer?.id) return answer;
  const isLater = known.endedAt !== undefined || known.done > answer.done;
  return isLater ? known : answer;
}
