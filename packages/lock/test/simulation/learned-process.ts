import type { Call, Outcome } from './call.ts';
import { type Memory, meaningOf, NO_MEMORY, remember } from './process-memory.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedTimers } from './simulated-timers.ts';
import type { Protocol } from './ticket-protocol.ts';

/** A point in the life of a process. */
export interface Place {
  readonly number: number;
  /** What it does next; `undefined` when it has come to its end. */
  readonly call: Call | undefined;
  /** The file for whose end it waits, while it sleeps. */
  readonly awaited: string | undefined;
  /** What went wrong inside of it. */
  readonly complaint: string | undefined;
}

/** A lock that is taken, held for one step and given back. */
export interface Turn {
  readonly key: string;
  readonly shared: boolean;
}

export interface LearnOptions {
  readonly protocol: Protocol;
  readonly timers: SimulatedTimers;
  /** What it does, one after the other. */
  readonly turns: readonly Turn[];
  readonly slowListings: boolean;
  /** Whether pasts that leave the same memory behind are taken for one. */
  readonly mergesPasts: boolean;
}

/** What its calls came to, the latest first. */
interface Past {
  readonly outcome: Outcome;
  readonly before: Past | undefined;
}

interface Known extends Place {
  /** The first past that led here. */
  readonly past: Past | undefined;
  readonly memory: Memory;
  readonly next: Map<string, Way>;
  /** A process that stands here, and can go on from here once. */
  live: SimulatedProcess | undefined;
}

interface Way {
  readonly outcome: Outcome;
  readonly to: Known;
}

/**
 * What the real code does after each possible past. A process knows of the world what its calls come to, and nothing else;
 * so every past is run only once, however many schedules lead to it.
 *
 * Pasts that leave the same memory behind lead to one place. When they do is read off the source; so that this need not be
 * believed, each one that is taken for another goes on once as the other did, and must do the same.
 */
export class LearnedProcess {
  /** Whether what its former turns left behind is the same from now on, whatever happens; see {@link meaningOf}. */
  isPlain: boolean;
  readonly #pid: number;
  readonly #options: LearnOptions;
  readonly #first: Known;
  readonly #byMeaning = new Map<string, Known>();
  #places = 0;
  #compared = 0;

  static async start(pid: number, options: LearnOptions): Promise<LearnedProcess> {
    return new LearnedProcess(pid, options, await replay(pid, options, undefined));
  }

  private constructor(pid: number, options: LearnOptions, live: SimulatedProcess) {
    this.#pid = pid;
    this.#options = options;
    this.isPlain = options.turns.length === 1;
    this.#first = this.#newPlace(live, undefined, NO_MEMORY);
  }

  get first(): Place {
    return this.#first;
  }

  /** How many places there are, and how many steps were made again to compare pasts. */
  get counts(): { readonly places: number; readonly compared: number } {
    return { places: this.#places, compared: this.#compared };
  }

  /** Where it stands after an outcome of its call, if that was learned. */
  known(place: Place, outcome: Outcome): Place | undefined {
    return (place as Known).next.get(keyOf(outcome))?.to;
  }

  /** Finds out where it stands after an outcome of its call. */
  async learn(place: Place, outcome: Outcome): Promise<void> {
    const from = place as Known;
    const live = from.live ?? (await replay(this.#pid, this.#options, from.past));
    from.live = undefined;
    await goOn(live, outcome);
    const [next, watch] = [live.pending[0]?.call, live.watches[0]?.number];
    const step = { call: from.call, outcome, next, watch, nonces: live.nonces };
    const memory = remember(from.memory, step, `waits since ${this.#places}`);
    const merges = this.#options.mergesPasts && (this.isPlain || next?.name === 'timer');
    const meaning = merges ? meaningOf(step, memory) : undefined;
    const same = meaning === undefined ? undefined : this.#byMeaning.get(meaning);
    const to = same ?? this.#newPlace(live, { outcome, before: from.past }, memory);
    if (meaning !== undefined) this.#byMeaning.set(meaning, to);
    from.next.set(keyOf(outcome), { outcome, to });
    if (same) await this.#compare(same, live);
  }

  #newPlace(live: SimulatedProcess, past: Past | undefined, memory: Memory): Known {
    const call = live.pending[0]?.call;
    this.#places += 1;
    return {
      number: this.#places,
      call,
      awaited: call?.name === 'timer' ? live.watches[0]?.path : undefined,
      complaint: live.complaint,
      past,
      memory,
      next: new Map(),
      live: call && live,
    };
  }

  /** Lets a process that came by another past go on from a place as the first one did. */
  async #compare(place: Known, live: SimulatedProcess): Promise<void> {
    let at: Known | undefined = place;
    // who waits can go round in a circle
    for (let steps = 0; at && steps < MAX_COMPARED_STEPS; steps += 1) {
      const [expected, found] = [at.call, live.pending[0]?.call].map(describe);
      if (expected !== found || at.complaint !== live.complaint) {
        throw new TypeError(`two pasts that were taken for one differ: ${expected}, ${found}`);
      }
      this.#compared += 1;
      const ways: Way[] = [...at.next.values()];
      // not always the same one
      const way = ways[this.#compared % ways.length];
      if (way) await goOn(live, way.outcome);
      at = way?.to;
    }
  }
}

async function replay(
  pid: number,
  { protocol, timers, turns, slowListings }: LearnOptions,
  past: Past | undefined,
): Promise<SimulatedProcess> {
  const process = new SimulatedProcess(pid, timers);
  const locker = protocol(process, {
    slowListings,
    watches: true,
    // what a process sees must come from its calls, or its past would not say it all
    isThere: () => true,
    now: () => 1_000_000,
  });
  await process.begin(async () => {
    for (const { key, shared } of turns) {
      const held = await locker.acquire({ key, shared, timeoutMs: Infinity });
      await process.ask({ name: 'hold', key, shared, ticket: held.ticket });
      await held.release();
    }
  });
  const outcomes: Outcome[] = [];
  for (let latest = past; latest; latest = latest.before) outcomes.push(latest.outcome);
  for (const outcome of outcomes.reverse()) await goOn(process, outcome);
  return process;
}

async function goOn(process: SimulatedProcess, outcome: Outcome): Promise<void> {
  const [pending] = process.pending;
  if (!pending) throw new TypeError(`process ${process.pid} has come to its end`);
  await process.settle(pending, outcome);
  if (process.pending.length > 1) {
    const calls = process.pending.map(({ call }) => describe(call)).join();
    throw new TypeError(`process ${process.pid} does several things at once: ${calls}`);
  }
}

function describe(call: Call | undefined): string {
  // how long it sleeps is drawn by chance, and decides nothing
  return call?.name === 'timer' ? call.name : JSON.stringify(call ?? 'the end');
}

function keyOf(outcome: Outcome): string {
  return 'code' in outcome ? outcome.code : `=${outcome.value}`;
}

const MAX_COMPARED_STEPS = 200;
