import { openExport } from '@tgstore/formats';
import type { Message } from '@tgstore/schema';
import { sampleExport } from '@tgstore/testkit';

/** Messages of a sample export, at least so many; each has the id that it has in its chat. */
export async function* sampleMessages(seed: number, atLeast: number): AsyncGenerator<Message> {
  const source = (async function* () {
    yield* sampleExport({ seed, messages: Math.ceil(atLeast * 1.05), defects: false });
  })();
  const opened = await openExport(source);
  for await (const { messages } of opened.conversations()) yield* messages;
}
