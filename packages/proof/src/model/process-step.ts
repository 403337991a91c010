import type { Changes } from '@tgstore/core';
import type { Message } from '@tgstore/schema';
import { collect } from '../collect.ts';
import { type Content, isSameList } from './content.ts';
import type { Apply } from './events.ts';
import { claimed, done, finish, release, take } from './processing-events.ts';
import type { Running } from './running.ts';

/** What a processor had in hand. */
interface HandedOver {
  readonly by: string;
  readonly ended: number;
  readonly hasFailed: boolean;
}

/** Processes a conversation, or all, with failures and changes in between. */
export async function process(running: Running): Promise<void> {
  const { history, by, store, step, run } = running;
  const begun = history.tick();
  const attempts = new Map<string, HandedOver[]>();
  const since = (id: string): number => attempts.get(id)?.at(-1)?.ended ?? begun;
  const add = (id: string, text: string, from: number, apply: Apply): void =>
    history.add(id, { text: `${by} ${text}`, begun: from, ended: history.tick(), apply });

  const results = await store.processAllUnprocessed(
    async (conversation, { changes }) => {
      const { id } = conversation;
      history.enter(id, by);
      const count = (attempts.get(id)?.length ?? 0) + 1;
      const hands = `${by}#${count}`;
      const previous = attempts.get(id)?.at(-1);
      if (previous)
        add(id, `gives back ${previous.by}`, previous.ended, givenBack(previous, false));
      const took = { from: since(id), to: history.tick() };
      try {
        const { messages } = await conversation.load();
        const told = await collect(conversation.changedMessages());
        expectChanged(running, id, messages, changes, told);
        const apply = take(hands, messages, changes);
        const text = `${hands} takes ${messages.size} messages, ${changes.everything ? 'all' : 'some'} changed`;
        history.add(id, { text, begun: took.from, ended: took.to, apply });
        history.count(changes.everything ? 'handed over whole' : 'handed over in part');
        if (step.meanwhile && count === 1) await run(`${by}+${count}`, step.meanwhile);
        const hasFailed = step.flag && count <= 1;
        attempts.set(id, [
          ...(attempts.get(id) ?? []),
          { by: hands, hasFailed, ended: history.tick() },
        ]);
        if (hasFailed) throw new Error('the processor fails');
      } finally {
        history.leave(id);
      }
    },
    {
      backoff: () => 0,
      retries: step.other ? 1 : 0,
      retryFailed: step.limit > 2,
      concurrency: 2,
      ...(step.limit % 2 === 0 && { ids: [step.id] }),
    },
  );
  for (const [id, { status, error }] of results) {
    const last = attempts.get(id)?.at(-1);
    if (last) {
      const isProcessed = status === 'processed' ? undefined : false;
      add(id, `gives back ${last.by} (${status})`, last.ended, givenBack(last, isProcessed));
    }
    if (status === 'failed' && !last?.hasFailed)
      history.fail(`${by} process: ${(error as Error).stack}`);
    else if (status === 'claimed') add(id, 'finds it claimed', since(id), claimed);
    else if (status === 'gone') add(id, 'finds it done', since(id), done);
    history.count(`process ${status}`);
  }
}

function givenBack({ by, hasFailed }: HandedOver, isProcessed: boolean | undefined): Apply {
  return hasFailed ? release(by) : finish(by, isProcessed);
}

function expectChanged(
  { history, by }: Running,
  id: string,
  messages: Content,
  changes: Changes,
  told: readonly Message[],
): void {
  const expected = [...messages.values()].filter((message) => changes.includes(message.id));
  if (!isSameList(told, expected))
    history.fail(`${by} process ${id}: changedMessages() is not what changes say`);
}
