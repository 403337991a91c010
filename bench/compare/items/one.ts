import type { Task } from '../contender.ts';
import { prepare, type Setting, storeBytes } from '../setting.ts';

/** One conversation of so many messages, which are expected, and others to append to it. */
export async function oneConversation(
  messages: number,
  { seed }: Setting,
): Promise<Task & { bytes: number }> {
  const wanted = { kind: 'one', conversations: 1, messages, seed, database: true } as const;
  const data = await prepare(wanted);
  return { ...wanted, data, expected: messages, bytes: await storeBytes(data) };
}

/** The title of those that append to it. */
export function toOne(messages: number, bytes: number): string {
  return `to ${messages.toLocaleString('en-US')} (${(bytes / 1e6).toFixed(1)} MB)`;
}
