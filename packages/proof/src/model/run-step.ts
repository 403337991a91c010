// Runs an operation and writes down, as instants, what was done and seen.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnhancedFileManager, FileManager } from '@tgstore/core';
import { writeBundle } from '@tgstore/formats';
import { type ConversationInput, compareMessageIds, type Message } from '@tgstore/schema';
import { collect } from '../collect.ts';
import type { Content } from './content.ts';
import * as events from './events.ts';
import type { Step } from './plan.ts';
import { process } from './process-step.ts';
import { restore } from './restore-event.ts';
import { KEEPER, type Recorder, type Running } from './running.ts';

export async function runStep(
  history: Recorder,
  managers: readonly EnhancedFileManager[],
  single: FileManager,
  by: string,
  step: Step,
): Promise<void> {
  const run = (by: string, step: Step): Promise<void> =>
    runStep(history, managers, single, by, step);
  const store = managers[step.manager] as EnhancedFileManager;
  const reader = step.other ? single : store;
  await RUN[step.kind]({ history, by, store, reader, step, run });
}

/** One that has one instant: `seen` is what it did and saw when it resolved. */
async function instant<T>(
  { history, by, step }: Running,
  work: () => Promise<T>,
  seen: (result: T) => events.Apply,
): Promise<void> {
  const begun = history.tick();
  const add = (text: string, apply: events.Apply): void => {
    history.add(step.id, {
      text: `${by} ${step.kind} ${text}`,
      begun,
      ended: history.tick(),
      apply,
    });
  };
  let result: T;
  try {
    result = await work();
  } catch (error) {
    const { code = '' } = error as { code?: string };
    const refused = REFUSALS[code];
    if (refused) add(code, refused);
    else history.fail(`${by} ${step.kind}: ${(error as Error).stack ?? String(error)}`);
    return;
  }
  add(describe(result), seen(result));
}

function describe(result: unknown): string {
  if (result instanceof Map) return `${result.size} messages`;
  return `${JSON.stringify(result, (_, value) => (typeof value === 'bigint' ? `${value}n` : value))}`.slice(
    0,
    200,
  );
}

const REFUSALS: Readonly<Record<string, events.Apply>> = {
  STORE_NOT_FOUND: events.absent,
  STORE_EXISTS: events.present,
};

const statusOf = (path: string): 'processed' | 'unprocessed' =>
  path.endsWith('_processed.json') ? 'processed' : 'unprocessed';

const under =
  (path: string, apply: events.Apply): events.Apply =>
  (state) => {
    const next = apply(state);
    return next && next.status === statusOf(path) ? next : undefined;
  };

const nothing: events.Apply = (state) => state;

const whole = ({ history, step }: Running): ConversationInput =>
  history.conversation(step.id, step.messages);
const given = ({ history, step }: Running): Content =>
  events.merging(history.withLarge(step.messages))(new Map());

const RUN: Record<Step['kind'], (running: Running) => Promise<void>> = {
  save: (running) =>
    instant(
      running,
      () => running.store.saveConversation(whole(running)),
      (path) => (state) =>
        state.content
          ? undefined
          : under(
              path,
              events.change(running.by, () => given(running), undefined),
            )(state),
    ),
  replace: (running) =>
    instant(
      running,
      () => running.store.saveConversation(whole(running), { force: true }),
      (path) =>
        under(
          path,
          events.change(running.by, () => given(running), undefined),
        ),
    ),
  append: (running) =>
    instant(
      running,
      () => running.store.appendMessages(running.step.id, running.step.messages),
      (told) =>
        events.existing(events.change(running.by, events.merging(running.step.messages), told)),
    ),
  merge: (running) =>
    instant(
      running,
      () => running.store.mergeConversation(whole(running)),
      (told) =>
        events.change(
          running.by,
          events.merging(running.history.withLarge(running.step.messages)),
          told,
        ),
    ),
  deleteMessages: (running) => {
    const { store, step, by } = running;
    const ids = new Set(step.messageIds.map(String));
    return instant(
      running,
      () => store.deleteMessages(step.id, step.messageIds),
      (told) => events.existing(events.change(by, events.burying(ids), told)),
    );
  },
  deleteConversation: (running) =>
    instant(
      running,
      () => running.store.deleteConversation(running.step.id),
      () => events.remove,
    ),
  markProcessed: (running) =>
    instant(
      running,
      () => running.store.markAsProcessed(running.step.id),
      (path) => under(path, events.mark('processed')),
    ),
  markUnprocessed: (running) =>
    instant(
      running,
      () => running.store.markAsUnprocessed(running.step.id),
      (path) => under(path, events.mark('unprocessed')),
    ),
  process,
  import: async (running) => {
    const { history, store, step, by } = running;
    const path = join(history.directory, `${by}.json`);
    const { metadata, messages } = history.conversation(step.id, step.messages);
    const item = { id: step.id, status: 'unprocessed' as const, messages, metadata };
    await writeFile(path, writeBundle([item], { exportedAt: '2024-01-01T00:00:00Z' }));
    const { flag: overwrite } = step;
    const all = history.withLarge(step.messages);
    await instant(
      running,
      () => store.importConversationsFromJson(path, { overwrite }),
      ({ changed }) =>
        events.change(
          by,
          overwrite ? () => given(running) : events.merging(all),
          changed.get(step.id),
        ),
    );
  },
  backup: (running) =>
    instant(
      running,
      () => running.store.createManualBackup(),
      () => nothing,
    ),
  restore: async (running) => {
    const { history, store, step, by } = running;
    const { archive } = history;
    if (!archive) return;
    const { flag: overwrite } = step;
    const begun = history.tick();
    try {
      const { items } = await store.restoreBackup(archive.id, { overwrite });
      for (const { id = '', result } of items) {
        const archived = archive.conversations.get(id);
        if (!archived) continue;
        const apply = restore(by, archived, overwrite, result);
        const text = `${by} restore ${overwrite} ${result}`;
        history.add(id, { text, begun, ended: history.tick(), apply });
      }
    } catch (error) {
      history.fail(`${by} restore: ${(error as Error).stack}`);
    }
  },
  recover: (running) => {
    const { flag: dryRun } = running.step;
    return instant(
      running,
      () => running.store.recover({ dryRun, minAgeMs: 0 }),
      () => nothing,
    );
  },
  load: (running) =>
    instant(
      running,
      async () => (await running.reader.loadConversation(running.step.id)).messages,
      events.read,
    ),
  messages: (running) => {
    const { limit, flag, messageIds } = running.step;
    const [after] = flag ? messageIds : [];
    const range = { limit, ...(after !== undefined && { after }) };
    return instant(
      running,
      () => collect(running.reader.readMessages(running.step.id, range)),
      (messages) =>
        events.readSome(messages, (content) =>
          [...content.values()]
            .filter(({ id }) => after === undefined || isAfter(id, after))
            .slice(0, limit),
        ),
    );
  },
  metadata: (running) =>
    instant(
      running,
      () => running.reader.readMetadata(running.step.id),
      (metadata) =>
        events.existing((state) => {
          const { message_count, revision } = metadata;
          return message_count === state.content.size && revision === state.revision
            ? state
            : undefined;
        }),
    ),
  cursor: (running) =>
    instant(
      running,
      () => running.reader.getFetchCursor(running.step.id),
      (cursor) => (state) => {
        const last = [...(state.content?.keys() ?? [])].at(-1);
        return cursor?.lastMessageId === last ? state : undefined;
      },
    ),
  search: (running) => {
    const { id } = running.step;
    const hits = () => collect(running.reader.searchMessages('x', { ids: [id] }));
    const has = ({ text, deleted }: Message): boolean => !deleted && /x/i.test(text ?? '');
    return instant(running, hits, (found) =>
      events.readSome(
        found.map(({ message }) => message),
        (content) => [...content.values()].filter(has),
      ),
    );
  },
  list: async (running) => {
    const { history, by, reader, step } = running;
    const begun = history.tick();
    const { flag: processed } = step;
    const listed = new Set(await reader.listConversations({ processed }));
    const ended = history.tick();
    for (const id of history.plan.ids) {
      const isListed = listed.has(id);
      history.add(id, {
        text: `${by} list ${processed} ${isListed}`,
        begun,
        ended,
        apply: (state) =>
          isListed === (state.content !== undefined && (state.status === 'processed') === processed)
            ? state
            : undefined,
      });
    }
    if ([...listed].some((id) => ![...history.plan.ids, KEEPER].includes(id)))
      history.fail(`${by} listed ${[...listed]}`);
  },
  failed: (running) =>
    instant(
      running,
      () => collect(running.store.listFailed()),
      () => nothing,
    ),
  changes: (running) =>
    instant(
      running,
      () => running.store.changes(running.step.id),
      () => events.present,
    ),
  check: async (running) => {
    const { history, by, reader } = running;
    const found = await collect(reader.check());
    const errors = found.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) history.fail(`${by} check: ${JSON.stringify(errors)}`);
  },
};

function isAfter(id: Message['id'], after: Message['id']): boolean {
  return compareMessageIds(String(id), String(after)) > 0;
}
