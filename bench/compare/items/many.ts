import type { Task } from '../contender.ts';
import { prepare, type Setting, storeBytes } from '../setting.ts';

/** Messages of each conversation that is saved or loaded. */
export const EACH = 100;

/** The conversations that are saved and loaded: one more than are asked for, to warm up with. */
export async function manyConversations({
  sizes,
  seed,
}: Setting): Promise<Task & { bytes: number }> {
  const wanted = {
    kind: 'many',
    conversations: sizes.save + 1,
    messages: EACH,
    seed,
    database: true,
  } as const;
  const data = await prepare(wanted);
  return { ...wanted, data, expected: sizes.save, bytes: await storeBytes(data) };
}
