import { LearnedProcess, type Turn } from './learned-process.ts';
import { Referee } from './referee.ts';
import {
  follow,
  isOver,
  type Move,
  movesIn,
  type SearchState,
  type Unknown,
} from './search-state.ts';
import { SimulatedMachine } from './simulated-machine.ts';
import type { SimulatedTimers } from './simulated-timers.ts';
import { type Protocol, QUEUE } from './ticket-protocol.ts';

export interface SearchOptions {
  readonly protocol: Protocol;
  readonly timers: SimulatedTimers;
  /** What each process does. All start at any time, but the last one when the others are through. */
  readonly processes: readonly (readonly Turn[])[];
  /** Whether all but the last take and give back their first lock before, one after the other. @default false */
  readonly warmUp?: boolean | undefined;
  /** How many processes may die, each at any step. @default 0 */
  readonly crashes?: number | undefined;
  /** How many renames may be answered twice: done, and `ENOENT` is the answer. @default 0 */
  readonly renameFaults?: number | undefined;
  /** Whether a directory is read in two steps: a name that comes or goes meanwhile is shown or not. @default false */
  readonly slowListings?: boolean | undefined;
  /** How often a process is interrupted that could go on. @default Infinity */
  readonly interruptions?: number | undefined;
  /** To be switched off where faults in the source leave something behind that the source does not, see {@link LearnedProcess}. @default true */
  readonly mergesPasts?: boolean | undefined;
  /** Gives up after that many states. @default Infinity */
  readonly maxStates?: number | undefined;
}

export interface SearchResult {
  readonly violation: string | undefined;
  /** The steps to the violation. */
  readonly trace: readonly string[];
  readonly states: number;
  readonly steps: number;
  /** How many different schedules these states stand for. */
  readonly schedules: number;
  /** Different pasts of single processes; each was run by the real code, and `compared` twice, see {@link LearnedProcess}. */
  readonly pasts: number;
  readonly compared: number;
  readonly isComplete: boolean;
}

/** Tries every schedule within the bounds; where two lead to the same state, they go on as one. */
export async function searchEverySchedule(options: SearchOptions): Promise<SearchResult> {
  const { protocol, timers, slowListings = false, mergesPasts = true } = options;
  const start = (turns: readonly Turn[], index: number): Promise<LearnedProcess> =>
    LearnedProcess.start(index + 1, { protocol, timers, turns, slowListings, mergesPasts });
  return await new Search(options, await Promise.all(options.processes.map(start))).run();
}

interface Frame {
  readonly key: string;
  readonly state: SearchState;
  readonly moves: Move[];
  /** The move that leads on from here at the moment. */
  label: () => string;
  schedules: number;
}

class Search {
  readonly #options: SearchOptions;
  readonly #processes: readonly LearnedProcess[];
  /** How many schedules lead on from a state; `OPEN` as long as that is not known. */
  readonly #states = new Map<string, number>();
  readonly #shared = new WeakMap<SimulatedMachine, string>();
  /** Short names for long texts. */
  readonly #names = new Map<string, string>();
  readonly #path: Frame[] = [];
  #steps = 0;
  #schedules = 0;
  #violation: string | undefined;

  constructor(options: SearchOptions, processes: readonly LearnedProcess[]) {
    this.#options = options;
    this.#processes = processes;
  }

  async run(): Promise<SearchResult> {
    const { maxStates = Infinity } = this.#options;
    this.#visit(await this.#firstState());
    while (!this.#violation && this.#states.size < maxStates) {
      const frame = this.#path.at(-1);
      if (!frame) break;
      const move = frame.moves.pop();
      const unknown = move ? this.#make(frame, move) : this.#leave(frame);
      if (unknown) await unknown.learned.learn(unknown.place, unknown.outcome);
    }
    return {
      violation: this.#violation,
      trace: this.#path.map(({ label }) => label()),
      states: this.#states.size,
      steps: this.#steps,
      schedules: this.#schedules,
      pasts: this.#processes.reduce((sum, { counts }) => sum + counts.places, 0),
      compared: this.#processes.reduce((sum, { counts }) => sum + counts.compared, 0),
      isComplete: this.#path.length === 0,
    };
  }

  async #firstState(): Promise<SearchState> {
    const { crashes = 0, renameFaults = 0, interruptions = Infinity, warmUp } = this.#options;
    const starts = this.#processes.map(({ first }) => first);
    let state: SearchState = {
      machine: new SimulatedMachine(),
      referee: new Referee(),
      places: starts,
      starts,
      crashesLeft: 0,
      faultsLeft: 0,
      interruptionsLeft: Infinity,
      last: undefined,
    };
    if (warmUp) {
      for (let process = 0; process < this.#processes.length - 1; process += 1) {
        state = await this.#takeTurn(state, process);
      }
    }
    return {
      ...state,
      starts: state.places,
      crashesLeft: crashes,
      faultsLeft: renameFaults,
      interruptionsLeft: interruptions,
      last: undefined,
    };
  }

  /** Lets one process alone go on until it has given back a lock. */
  async #takeTurn(before: SearchState, process: number): Promise<SearchState> {
    let state = before;
    const move = { process, isCrash: false, interrupts: false, choices: [] };
    for (let gaveBack = false; !gaveBack; ) {
      const call = state.places[process]?.call;
      gaveBack = call?.name === 'rename' && call.to.startsWith(`${QUEUE}/spent.`);
      state = await this.#follow(state, move);
    }
    const learned = this.#processes[process];
    if (learned) learned.isPlain = this.#options.processes[process]?.length === 2;
    return state;
  }

  async #follow(state: SearchState, move: Move): Promise<SearchState> {
    for (;;) {
      const successor = follow(state, move, this.#processes);
      if (!('learned' in successor)) return successor.state;
      await successor.learned.learn(successor.place, successor.outcome);
    }
  }

  /** Makes a move, unless it must be learned first what comes of it. */
  #make(frame: Frame, move: Move): Unknown | undefined {
    const successor = follow(frame.state, move, this.#processes);
    if ('learned' in successor) {
      frame.moves.push(move);
      return successor;
    }
    const { state, label, violation, variant } = successor;
    this.#steps += 1;
    frame.label = label;
    if (variant) frame.moves.push(variant);
    if (violation) this.#violation = violation;
    else this.#visit(state);
    return undefined;
  }

  #visit(state: SearchState): void {
    const key = this.#keyOf(state);
    const known = this.#states.get(key);
    if (known === OPEN) this.#violation = 'a loop: all was as it is before';
    if (known !== undefined) {
      this.#count(known);
      return;
    }
    this.#states.set(key, OPEN);
    const { steps, crashes } = movesIn(state);
    this.#path.push({ key, state, moves: [...crashes, ...steps], label: () => '', schedules: 0 });
    if (steps.length === 0) this.#judgeEnd(state);
  }

  /** Everything that can follow on a state is known. */
  #leave({ key, state, schedules }: Frame): undefined {
    const isEnd = state.places.every((_place, process) => isOver(state, process));
    const counted = isEnd ? 1 : schedules;
    this.#states.set(key, counted);
    this.#path.pop();
    this.#count(counted);
  }

  #count(schedules: number): void {
    const from = this.#path.at(-1);
    if (from) from.schedules += schedules;
    else this.#schedules = schedules;
  }

  /** Everybody who lives has come to his end, and the last one left but his last ticket. */
  #judgeEnd(state: SearchState): void {
    if (!state.places.every((_place, process) => isOver(state, process))) {
      this.#violation = 'wedged: nobody can go on';
      return;
    }
    const kinds = state.machine.disk.namesIn(QUEUE).map((name) => name.split('.')[0]);
    if (kinds.join(' ') !== 'spent tail') this.#violation = `left in the queue: ${kinds}`;
  }

  #keyOf(state: SearchState): string {
    const { machine, referee, places, crashesLeft, faultsLeft, interruptionsLeft, last } = state;
    const shorten = (text: string): string => this.#shorten(text);
    const shared =
      this.#shared.get(machine) ?? shorten(`${machine.snapshot(shorten)}\n${referee.snapshot()}`);
    this.#shared.set(machine, shared);
    // what led somebody to his end matters no more
    const lives = places
      .map(({ number }, process) => (isOver(state, process) ? '' : number))
      .join(' ');
    const bound = interruptionsLeft === Infinity ? '' : `${last} ${interruptionsLeft}`;
    return `${shared} ${lives} ${crashesLeft} ${faultsLeft} ${bound}`;
  }

  #shorten(text: string): string {
    const known = this.#names.get(text) ?? this.#names.size.toString(36);
    this.#names.set(text, known);
    return known;
  }
}

const OPEN = -1;
