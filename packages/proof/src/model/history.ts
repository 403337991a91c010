// One history: a few clients do a few things at the same time, and what each saw must fit some order.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager, FileManager } from '@tgstore/core';
import { isTemporaryName } from '@tgstore/fs';
import { type Message, type Metadata, SCHEMA_VERSION } from '@tgstore/schema';
import { createRandom, tempDirectory } from '@tgstore/testkit';
import type { TaskResult } from '../child/serve.ts';
import { collect } from '../collect.ts';
import { hasCode } from '../has-code.ts';
import { absent, type Event, read } from './events.ts';
import { linearize } from './linearize.ts';
import { makePlan, type Plan, type Step } from './plan.ts';
import { runStep } from './run-step.ts';
import { KEEPER, type Recorder } from './running.ts';
import { Scheduler } from './scheduler.ts';
import { ABSENT, type State } from './state.ts';

/** Everything of a history comes from its seed. */
export async function runHistory(seed: number): Promise<TaskResult> {
  const random = createRandom(seed);
  const plan = makePlan(random);
  await using dir = await tempDirectory();
  const history = new History(plan, new Scheduler(random), dir.path);
  await history.run();
  return { violations: history.violations, seen: history.seen };
}

class History implements Recorder {
  readonly plan: Plan;
  readonly directory: string;
  readonly managers: readonly EnhancedFileManager[];
  readonly reader: FileManager;
  readonly violations: string[] = [];
  readonly seen: Record<string, number> = {};
  archive: Recorder['archive'];
  readonly #scheduler: Scheduler;
  readonly #storageDir: string;
  #events = new Map<string, Event[]>();
  readonly #inHand = new Map<string, string>();
  #time = 0;

  constructor(plan: Plan, scheduler: Scheduler, directory: string) {
    this.plan = plan;
    this.directory = directory;
    this.#scheduler = scheduler;
    this.#storageDir = join(directory, 'chats');
    const { fileSystem } = scheduler;
    const options = { storageDir: this.#storageDir, durability: 'relaxed', fileSystem } as const;
    const locks = { lockTimeoutMs: 60_000, appendInPlaceFrom: 256 * 1024 };
    this.managers = [0, 1, 2].map(() => new EnhancedFileManager({ ...options, ...locks }));
    this.reader = new FileManager(options);
  }

  async run(): Promise<void> {
    const { first, clients } = this.plan;
    // else there is no store where nothing is left
    await this.managers[0]?.saveConversation(this.conversation(KEEPER, []));
    for (const [index, step] of first.entries()) await this.#runStep(`first.${index}`, step);
    const states = new Map(this.plan.ids.map((id) => [id, this.#endOf(id, ABSENT)]));
    if (this.violations.length > 0) return;
    await this.#archive(states);
    this.#events = new Map();
    const works = clients.map((steps, client) => async () => {
      for (const [index, step] of steps.entries()) await this.#runStep(`${client}.${index}`, step);
    });
    await this.#scheduler.run(works);
    await this.#readAll();
    for (const [id, state] of states) if (state) this.#endOf(id, state);
    await this.#expectOrder();
    this.count('calls', this.#scheduler.trace.length);
  }

  async #runStep(by: string, step: Step): Promise<void> {
    await runStep(this, this.managers, this.reader, by, step);
  }

  tick(): number {
    this.#time += 1;
    return this.#time;
  }

  add(id: string, event: Event): void {
    this.#events.set(id, [...(this.#events.get(id) ?? []), event]);
  }

  fail(text: string): void {
    this.violations.push(text);
  }

  count(what: string, by = 1): void {
    this.seen[what] = (this.seen[what] ?? 0) + by;
  }

  enter(id: string, by: string): void {
    const other = this.#inHand.get(id);
    if (other) this.fail(`${JSON.stringify(id)} is in the hands of ${other} and of ${by}`);
    this.#inHand.set(id, by);
  }

  leave(id: string): void {
    this.#inHand.delete(id);
  }

  conversation(
    id: string,
    messages: readonly Message[],
  ): { messages: Message[]; metadata: Metadata } {
    const metadata = {
      conversation_id: id,
      chat_type: 'supergroup',
      name: 'name',
      schema_version: SCHEMA_VERSION,
    };
    return { messages: this.withLarge(messages), metadata };
  }

  /** What a conversation is given as a whole: one message makes it large. */
  withLarge(messages: readonly Message[]): Message[] {
    return this.plan.large ? [...messages, LARGE] : [...messages];
  }

  async #archive(states: ReadonlyMap<string, State | undefined>): Promise<void> {
    const [store] = this.managers;
    if (!store || !(await store.listConversations().catch(() => []))[0]) return;
    const { id } = await store.createManualBackup({ tag: 'first' });
    const there = [...states].flatMap(([one, state]) => {
      if (!state?.content) return [];
      const { content, revision, version, status } = state;
      return [[one, { content, revision, version, status }] as const];
    });
    this.archive = { id, conversations: new Map(there) };
  }

  async #readAll(): Promise<void> {
    const fresh = new FileManager({ storageDir: this.#storageDir });
    const listed = await fresh.listFiles().catch(() => []);
    for (const id of this.plan.ids) {
      const file = listed.find((one) => one.id === id);
      const begun = this.tick();
      const status = file?.status;
      const content = file && (await fresh.loadConversation(id)).messages;
      const apply = content ? read(content) : absent;
      const text = `at last ${status} ${content && [...content.keys()]}`;
      const isSeen: Event['apply'] = (state) =>
        !status || state.status === status ? apply(state) : undefined;
      this.add(id, { text, begun, ended: this.tick(), apply: isSeen });
    }
    const others = listed.filter(({ id }) => !this.plan.ids.includes(id)).map(({ id }) => id);
    if (others.join() !== KEEPER) this.fail(`also there: ${JSON.stringify(others)}`);
  }

  #endOf(id: string, from: State): State | undefined {
    const events = this.#events.get(id) ?? [];
    const [end] = linearize(from, events);
    if (!end) {
      const lines = events.map(({ text, begun, ended }) => `${begun}–${ended} ${text}`);
      const { content, status, processed, revision } = from;
      const ids = content && JSON.stringify([...content.keys()]);
      lines.unshift(`from ${status} revision ${revision} ${ids}, processed ${processed?.version}`);
      this.fail(`no order of these fits ${JSON.stringify(id)}:\n      ${lines.join('\n      ')}`);
    }
    return end;
  }

  async #expectOrder(): Promise<void> {
    for (const store of this.managers) await store.close();
    const fresh = new FileManager({ storageDir: this.#storageDir });
    const problems = await collect(fresh.check()).catch((error: unknown) => {
      if (hasCode(error, 'STORE_NOT_A_STORE')) return [];
      throw error;
    });
    const errors = problems.filter(({ severity }) => severity === 'error');
    if (errors.length > 0) this.fail(`check finds ${JSON.stringify(errors)}`);
    const names = await readdir(this.#storageDir).catch(() => []);
    const left = names.filter((name) => isTemporaryName(name) || name.endsWith('.undo'));
    if (left.length > 0) this.fail(`left over: ${left}`);
    const outside = (await readdir(this.directory)).filter(
      (name) => !/^chats$|^[\w.+#]+\.json$/.test(name),
    );
    if (outside.length > 0) this.fail(`outside of the store: ${outside}`);
  }
}

const LARGE: Message = {
  id: 0,
  sender_id: 'user1',
  text: 'large '.repeat(50_000),
  date: '2024-01-01T00:00:00Z',
};
