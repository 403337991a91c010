import { type Ending, LaneRecord } from './lane-record.ts';
import type { LaneStart, Said } from './protocol.ts';
import { SharedRecord } from './shared-record.ts';
import { SHARED, type State, type Step, sharedTexts } from './steps.ts';

export type States = Readonly<Record<string, State>>;

/** All that was heard of the workloads from one cut to the next. */
export class RunRecord {
  /** Backups that were acknowledged before the cut. */
  readonly backups: string[] = [];
  /** What went wrong before the cut. */
  readonly errors: string[] = [];
  readonly #lanes: ReadonlyMap<number, { readonly id: string; readonly record: LaneRecord }>;
  readonly #shared: SharedRecord;
  readonly #steps = new Map<number, Step>();
  #isCut = false;
  #areDonesBinding = true;

  constructor(lanes: readonly LaneStart[], before: States) {
    this.#lanes = new Map(
      lanes.map(({ lane, id }) => [lane, { id, record: new LaneRecord(before[id]) }]),
    );
    this.#shared = new SharedRecord(before[SHARED]);
  }

  /** From here on errors are due to the cut; where the disk is copied, what is acknowledged later need not be on the copy. */
  cut({ isCopied }: { readonly isCopied: boolean }): void {
    this.#isCut = !isCopied;
    this.#areDonesBinding = !isCopied;
  }

  hear(said: Said): void {
    if (said.type === 'begin') this.#begin(said.lane, said.step);
    if (said.type === 'done') this.#done(said.lane, said.backups ?? []);
    if (said.type === 'given') this.#given(said.id, said.digest);
    if (said.type === 'failed' && !this.#isCut) {
      this.errors.push(`lane ${said.lane}, round ${said.round}: ${said.error}`);
    }
  }

  get lanes(): { readonly lane: number; readonly record: LaneRecord }[] {
    return [...this.#lanes].map(([lane, { record }]) => ({ lane, record }));
  }

  /** What is not as it must be. */
  *problems(found: States): Generator<string> {
    yield* this.errors;
    for (const [lane, { id, record }] of this.#lanes) {
      const problem = record.problem(found[id]);
      if (problem) yield `conversation ${id} of lane ${lane}: ${problem}`;
    }
    for (const problem of this.#shared.problems(found[SHARED])) yield `${SHARED}: ${problem}`;
  }

  endings(found: States): Ending[] {
    return [...this.#lanes.values()].flatMap(({ id, record }) => record.endingOf(found[id]) ?? []);
  }

  #begin(lane: number, step: Step): void {
    this.#steps.set(lane, step);
    this.#lanes.get(lane)?.record.begin(step);
    if (step.kind === 'shared-add') this.#shared.begin(sharedTexts(lane, step));
  }

  #done(lane: number, backups: readonly string[]): void {
    this.#lanes.get(lane)?.record.done(backups[0], this.#areDonesBinding);
    if (!this.#areDonesBinding) return;
    const step = this.#steps.get(lane);
    if (step?.kind === 'shared-add') this.#shared.done(sharedTexts(lane, step));
    this.backups.push(...backups);
  }

  #given(id: string, digest: string): void {
    if (id === SHARED) this.#shared.given(digest);
    for (const lane of this.#lanes.values()) {
      if (lane.id === id && !lane.record.wasEver(digest)) {
        this.errors.push(`a processor was given what ${id} never was`);
      }
    }
  }
}
