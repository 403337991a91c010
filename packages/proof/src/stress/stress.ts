import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EnhancedFileManager } from '@tgstore/core';
import { createRandom, type Random } from '@tgstore/testkit';
import { hasCode } from '../has-code.ts';
import type { Plant } from '../plant.ts';
import { bundle, type Start } from './bundle.ts';
import { type Event, IDS, isLarge, isRestored, messageOf, versionsOf } from './events.ts';
import { Hands } from './hands.ts';
import { joinVersions, Ledger } from './ledger.ts';
import { LineReader, lineWriter } from './lines.ts';

export interface StressOptions {
  readonly seed: number;
  /** An empty one; the store and all else is made in it. */
  readonly directory: string;
  /** What is broken on purpose in the processes. */
  readonly plants?: readonly Plant[] | undefined;
  readonly usageEveryMs?: number | undefined;
  /** Lets half of the processes wait for many calls: more of them are in the middle of something at any instant. @default false */
  readonly slowDisk?: boolean | undefined;
}

/** A process of the stress. */
export interface Running {
  readonly program: string;
  readonly holder: number;
  readonly child: ChildProcess;
  /** When it has opened the store, or ended before. */
  readonly ready: Promise<unknown>;
  /** Resolves when it has begun that many things more. */
  readonly begun: (count: number) => Promise<void>;
  readonly exited: Promise<unknown>;
  /** What it has complained of; it says nothing unless something is wrong. */
  readonly errors: () => string;
}

/** One store that many processes use, their log, and what follows from it. */
export class Stress implements Disposable {
  readonly path: string;
  readonly random: Random;
  readonly ledger = new Ledger();
  readonly hands = new Hands();
  readonly write: (event: Event) => void;
  readonly violations: string[] = [];
  /** What restores have replaced. */
  kept: ReadonlyMap<string, number> = new Map();
  /** How often each thing was done. */
  readonly #did = new Map<string, number>();
  readonly #options: StressOptions;
  readonly #start: Start;
  readonly #log: string;
  readonly #lines: LineReader<Event>;
  readonly #since = Date.now();
  readonly #onEvent: ((event: Event) => void)[] = [];
  #holders = 0;

  static async open(options: StressOptions): Promise<Stress> {
    const start = await bundle(join(options.directory, 'programs'), options.plants);
    const stress = new Stress(options, start);
    await stress.#fill();
    return stress;
  }

  private constructor(options: StressOptions, start: Start) {
    const { directory, seed } = options;
    this.path = join(directory, 'chats');
    this.random = createRandom(seed);
    this.#options = options;
    this.#start = start;
    this.#log = join(directory, 'log');
    this.write = lineWriter<Event>(this.#log);
    this.#lines = new LineReader<Event>(this.#log);
  }

  /** As a process that is not killed. */
  openStore(): EnhancedFileManager {
    const options = { durability: 'relaxed', lockTimeoutMs: 60_000 } as const;
    return new EnhancedFileManager({ storageDir: this.path, ...options });
  }

  /** Takes note of what restores have replaced, and is kept in a backup. */
  keep(versions: ReadonlyMap<string, number>): void {
    this.kept = joinVersions(this.kept, versions);
  }

  onEvent(listener: (event: Event) => void): void {
    this.#onEvent.push(listener);
  }

  async start(program: string, lane: number): Promise<Running> {
    this.#holders += 1;
    const holder = this.#holders;
    const { directory, seed, usageEveryMs = 0, slowDisk = false } = this.#options;
    const scratch = join(directory, `scratch-${lane}`);
    await mkdir(scratch, { recursive: true });
    const child = this.#start({
      program,
      storageDir: this.path,
      log: this.#log,
      scratch,
      holder,
      lane,
      seed: seed + holder,
      since: this.#since,
      usageEveryMs,
      slowDisk: slowDisk && this.random.chance(0.5),
    });
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const exited = once(child, 'close');
    const begun = async (count: number): Promise<void> => {
      for (let left = count; left > 0; left -= 1) await once(child.stdout ?? child, 'data');
    };
    const ready = Promise.race([begun(1), exited]);
    // what nobody waits for must not fill the pipe
    child.stdout?.resume();
    return { program, holder, child, ready, begun, exited, errors: () => errors };
  }

  /** Kills a process, if it has not ended: then it should not have. */
  async kill({ program, holder, child, exited, errors }: Running): Promise<void> {
    this.write({ kind: 'kill', holder });
    child.kill('SIGKILL');
    await exited;
    this.write({ kind: 'dead', holder });
    if (child.signalCode !== 'SIGKILL' || errors() !== '') {
      this.violations.push(`${program} (${holder}) ended with ${child.exitCode}: ${errors()}`);
    }
  }

  /** Reads what was logged since the last time; resolves to how many changes were under way in processes that are dead now. */
  catchUp(): number {
    let cutOff = 0;
    for (const event of this.#lines.next()) {
      cutOff += this.ledger.add(event);
      this.violations.push(...this.hands.add(event));
      if (event.kind === 'did') this.#did.set(event.what, this.#countOf(event.what) + 1);
      if (event.kind === 'done') this.#did.set('changes', this.#countOf('changes') + 1);
      for (const tell of this.#onEvent) tell(event);
    }
    return cutOff;
  }

  /** How often a thing was done, in words: `1,234 imports`. */
  told(what: string): string {
    return `${this.#countOf(what).toLocaleString('en')} ${what}`;
  }

  #countOf(what: string): number {
    return this.#did.get(what) ?? 0;
  }

  /** Each conversation is whole and has what was acknowledged before, while others change them. */
  async checkInUse(): Promise<void> {
    await using store = this.openStore();
    for (const id of IDS) {
      this.catchUp();
      const { versions, deletions } = this.ledger.demand(id);
      const found = await this.read(store, id);
      this.catchUp();
      // what a restore replaced may be missing
      const demand = { versions: isRestored(id) ? new Map<string, number>() : versions, deletions };
      if (found) this.violations.push(...this.ledger.compare(id, found, demand));
    }
  }

  /** The versions of the messages of a conversation; none where it is not there, `undefined` where it can't be read. */
  async read(
    store: EnhancedFileManager,
    id: string,
  ): Promise<ReadonlyMap<string, number> | undefined> {
    try {
      const { messages, metadata } = await store.loadConversation(id);
      if (metadata.message_count !== messages.size) {
        this.violations.push(`${id} says ${metadata.message_count} messages, has ${messages.size}`);
      }
      return versionsOf(messages.values());
    } catch (error) {
      if (hasCode(error, 'STORE_NOT_FOUND')) return new Map();
      this.violations.push(`${id} can't be read: ${error}`);
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#lines[Symbol.dispose]();
  }

  async #fill(): Promise<void> {
    await using store = this.openStore();
    for (const [index, id] of IDS.entries()) {
      const messages = Array.from({ length: isLarge(id) ? 280 : 1 }, (_, count) =>
        // of lane 0, which no process has
        messageOf(count * 1000 * 32 + Number(isLarge(id)), 0),
      );
      const versions = Object.fromEntries(versionsOf(messages));
      this.write({ kind: 'try', holder: 0, op: index, id, versions });
      await store.saveConversation({ messages, metadata: { conversation_id: id } });
      this.write({ kind: 'done', holder: 0, op: index });
    }
  }
}
