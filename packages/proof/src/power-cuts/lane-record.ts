import { isDeepStrictEqual } from 'node:util';
import { apply, between, digest, type State, type Step } from './steps.ts';

/** How a step that had begun and was not acknowledged came out. */
export type Ending = 'old' | 'new' | 'between' | 'same';

interface Begun {
  readonly step: Step;
  readonly after: State | undefined;
  isDone: boolean;
}

/** What a lane was heard to do with its conversation, from one cut to the next. */
export class LaneRecord {
  readonly #steps: Begun[] = [];
  readonly #before: State | undefined;
  readonly #backups = new Map<string, State | undefined>();
  /** How many were acknowledged before the cut. */
  #durable = 0;

  constructor(before: State | undefined) {
    this.#before = before;
  }

  begin(step: Step): void {
    const inBackup = step.backup === undefined ? undefined : this.#backups.get(step.backup);
    this.#steps.push({ step, after: apply(this.#now, step, inBackup), isDone: false });
  }

  done(backup: string | undefined, isBinding: boolean): void {
    const last = this.#steps.at(-1);
    if (!last) throw new Error('a step was done that had not begun');
    last.isDone = true;
    if (last.step.kind === 'backup' && backup !== undefined) this.#backups.set(backup, last.after);
    if (isBinding) this.#durable = this.#steps.length;
  }

  get acknowledged(): number {
    return this.#durable;
  }

  /** The step that had begun before the cut, and was not acknowledged before it. */
  get inFlight(): Step | undefined {
    return this.#steps[this.#durable]?.step;
  }

  get lastRound(): number | undefined {
    return this.#steps.at(-1)?.step.round;
  }

  /** What is wrong with what was found after the cut. */
  problem(found: State | undefined): string | undefined {
    const allowed = this.#allowed();
    if (allowed.some((state) => isDeepStrictEqual(state, found))) return undefined;
    const expected = allowed.map(summarize).join(', or ');
    return `${this.#describe()}; it is ${summarize(found)} instead of ${expected}`;
  }

  #allowed(): (State | undefined)[] {
    const later = this.#steps.slice(this.#durable).flatMap(({ after }, index) => {
      return [...between(this.#stateAt(this.#durable + index), after), after];
    });
    return [this.#stateAt(this.#durable), ...later];
  }

  /** Whether this is what a processor can have been given. */
  wasEver(found: string): boolean {
    const states = [this.#before, ...this.#steps.map(({ after }) => after)];
    return states.some((state) => state !== undefined && digest(state.texts) === found);
  }

  /** `undefined` where nothing was in flight. */
  endingOf(found: State | undefined): Ending | undefined {
    if (!this.inFlight) return undefined;
    const [old, young] = [this.#stateAt(this.#durable), this.#now];
    if (isDeepStrictEqual(old, young)) return 'same';
    if (isDeepStrictEqual(found, old)) return 'old';
    return isDeepStrictEqual(found, young) ? 'new' : 'between';
  }

  #describe(): string {
    const { kind, round } = this.inFlight ?? {};
    const done = this.#steps
      .slice(Math.max(0, this.#durable - 3), this.#durable)
      .map(({ step }) => `${step.kind} ${step.round}`);
    const flying = kind ? `${kind} ${round} in flight` : 'nothing in flight';
    return `${done.join(', ') || 'nothing'} acknowledged, ${flying}`;
  }

  get #now(): State | undefined {
    return this.#stateAt(this.#steps.length);
  }

  #stateAt(index: number): State | undefined {
    return index === 0 ? this.#before : this.#steps[index - 1]?.after;
  }
}

function summarize(state: State | undefined): string {
  if (!state) return 'absent';
  const keys = Object.keys(state.texts);
  return `${state.status} with ${keys.length} messages to ${keys.at(-1)} (${digest(state.texts).slice(0, 8)})`;
}
