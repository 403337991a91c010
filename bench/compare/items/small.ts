import type { Task } from '../contender.ts';
import { prepare, type Setting } from '../setting.ts';

/** Many conversations of ten messages. */
export async function smallConversations({ sizes, seed }: Setting): Promise<Task> {
  const wanted = {
    kind: 'many',
    conversations: sizes.small,
    messages: 10,
    seed,
    database: true,
  } as const;
  return { ...wanted, data: await prepare(wanted), expected: sizes.small };
}
