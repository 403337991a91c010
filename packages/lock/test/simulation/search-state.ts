import { type Call, type Choose, DONE, describeCall, type Outcome } from './call.ts';
import type { LearnedProcess, Place } from './learned-process.ts';
import { type Holder, Referee } from './referee.ts';
import { SimulatedMachine } from './simulated-machine.ts';

/** Everything there is at one moment of a schedule; never changed, only followed by others. */
export interface SearchState {
  readonly machine: SimulatedMachine;
  readonly referee: Referee;
  readonly places: readonly Place[];
  /** Where everybody stood at first. */
  readonly starts: readonly Place[];
  readonly crashesLeft: number;
  readonly faultsLeft: number;
  readonly interruptionsLeft: number;
  /** Who made the last step. */
  readonly last: number | undefined;
}

/** One thing that can happen next. */
export interface Move {
  /** Index of the process to which it happens. */
  readonly process: number;
  readonly isCrash: boolean;
  readonly interrupts: boolean;
  /** What comes of it where more than one thing may; the first of them for those that are not named. */
  readonly choices: readonly number[];
}

/** What a move leads to. */
export interface Successor {
  readonly state: SearchState;
  readonly label: () => string;
  readonly violation: string | undefined;
  /** The same step with something else coming of it. */
  readonly variant: Move | undefined;
}

/** The process must learn first what it does after this. */
export interface Unknown {
  readonly learned: LearnedProcess;
  readonly place: Place;
  readonly outcome: Outcome;
}

export function isOver(state: SearchState, process: number): boolean {
  return state.machine.dead.has(process + 1) || state.places[process]?.call === undefined;
}

/** What can happen in a state. The last process starts when all others are through. */
export function movesIn(state: SearchState): { readonly steps: Move[]; readonly crashes: Move[] } {
  const last = state.places.length - 1;
  const others = state.places.slice(0, -1);
  const areThrough = others.every((_place, process) => isOver(state, process));
  const able = state.places
    .map((_place, process) => process)
    .filter((process) => canStep(state, process) && (process < last || areThrough));
  const goesOn = state.last !== undefined && able.includes(state.last);
  const move = (process: number): Move => ({
    process,
    isCrash: false,
    interrupts: goesOn && process !== state.last,
    choices: [],
  });
  return {
    steps: able.map(move).filter(({ interrupts }) => !interrupts || state.interruptionsLeft > 0),
    crashes: others
      .map((_place, process) => ({ ...move(process), isCrash: true, interrupts: false }))
      .filter(({ process }) => mayCrash(state, process)),
  };
}

/** What a move leads to. */
export function follow(
  state: SearchState,
  move: Move,
  processes: readonly LearnedProcess[],
): Successor | Unknown {
  const { process, isCrash, interrupts } = move;
  const pid = process + 1;
  if (isCrash) {
    const machine = new SimulatedMachine(state.machine);
    machine.dead.add(pid);
    const after = { ...state, machine, crashesLeft: state.crashesLeft - 1, last: undefined };
    return {
      state: after,
      label: () => `${pid} CRASHES`,
      violation: undefined,
      variant: undefined,
    };
  }
  const place = state.places[process];
  const learned = processes[process];
  if (!place?.call || !learned) throw new TypeError(`process ${pid} has come to its end`);
  const { call } = place;
  const isLook = LOOKS.includes(call.name);
  const machine = isLook ? state.machine : new SimulatedMachine(state.machine);
  const { choose, variant } = choicesOf(move);
  const isFault = state.faultsLeft > 0 && call.name === 'rename' && choose(2) === 1;
  const outcome = machine.answer(pid, call, choose, isFault ? 'done but ENOENT' : undefined);
  const next = nextPlace(learned, place, outcome);
  if ('learned' in next) return next;
  const referee = isLook ? state.referee : new Referee(state.referee);
  const wrong = isLook ? undefined : referee.judgeChanges(pid, machine, holdersIn(state));
  const after: SearchState = {
    ...state,
    machine,
    referee,
    places: state.places.with(process, next),
    faultsLeft: state.faultsLeft - (isFault ? 1 : 0),
    interruptionsLeft: state.interruptionsLeft - (interrupts ? 1 : 0),
    last: process,
  };
  const granted = next.call?.name === 'hold' ? { pid, hold: next.call } : undefined;
  const unfair = granted && referee.judgeGrant(granted, holdersIn(after));
  return {
    state: after,
    label: () => `${pid} ${describeCall(call, outcome)}`,
    violation: wrong ?? unfair ?? next.complaint,
    variant: variant(),
  };
}

/** Where a process stands after an outcome, and after what may as well happen at once. */
function nextPlace(learned: LearnedProcess, place: Place, outcome: Outcome): Place | Unknown {
  const next = learned.known(place, outcome);
  if (!next) return { learned, place, outcome };
  return isOwnAffair(next) ? nextPlace(learned, next, DONE) : next;
}

/** What nobody else can see, and what depends on nobody else. */
function isOwnAffair({ call }: Place): boolean {
  return call?.name === 'pause' || call?.name === 'sync';
}

function canStep(state: SearchState, process: number): boolean {
  if (isOver(state, process)) return false;
  const awaited = state.places[process]?.awaited;
  // a look at a ticket that is as it was would lead back to here
  return awaited === undefined || hasEnded(state, awaited);
}

function hasEnded({ machine }: SearchState, path: string): boolean {
  const maker = machine.disk.makerOf(path);
  return !('value' in maker) || machine.dead.has(Number(maker.value));
}

function mayCrash(state: SearchState, process: number): boolean {
  // who dies before his first step was never there
  const hasStarted = state.places[process] !== state.starts[process];
  return state.crashesLeft > 0 && hasStarted && !isOver(state, process);
}

function holdersIn(state: SearchState): Holder[] {
  const holders: Holder[] = [];
  for (const [process, { call }] of state.places.entries()) {
    if (call?.name !== 'hold' || state.machine.dead.has(process + 1)) continue;
    holders.push({ pid: process + 1, hold: call });
  }
  return holders;
}

/** Takes the choices of a move, and tells which come next. */
function choicesOf(move: Move): {
  readonly choose: Choose;
  readonly variant: () => Move | undefined;
} {
  const taken: number[] = [];
  const counts: number[] = [];
  const choose = (count: number): number => {
    const choice = move.choices[taken.length] ?? 0;
    taken.push(choice);
    counts.push(count);
    return choice;
  };
  const variant = (): Move | undefined => {
    const at = taken.findLastIndex((choice, index) => choice + 1 < (counts[index] ?? 0));
    const choice = taken[at];
    return choice === undefined
      ? undefined
      : { ...move, choices: [...taken.slice(0, at), choice + 1] };
  };
  return { choose, variant };
}

/** Calls that change nothing. */
const LOOKS: readonly Call['name'][] = ['exists', 'hold', 'isDead', 'list', 'read', 'timer'];
