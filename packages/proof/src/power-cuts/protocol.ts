import type { Planted } from './planted.ts';
import type { State, Step, Texts } from './steps.ts';

/** What a worker is told to do: one line of JSON on its standard input. It answers before the next, but to `work`. */
export type Order =
  | { readonly type: 'inspect'; readonly inspect: InspectOrder }
  | { readonly type: 'go-on'; readonly goOn: GoOnOrder }
  | { readonly type: 'work'; readonly work: WorkOrder };

interface Place {
  readonly storageDir: string;
  /** The id of the boot in which it works: a power cut brings another one, and the kernel of this machine does not. */
  readonly boot: string;
}

/** Recover a store and look through it. */
export interface InspectOrder extends Place {
  /** A revision of each conversation, since when its changes are asked for. */
  readonly since: Readonly<Record<string, string>>;
  /** Backups that must be whole. */
  readonly backups: readonly string[];
}

/** Add messages to each conversation, as whoever comes next would. */
export interface GoOnOrder extends Place {
  readonly added: Readonly<Record<string, Texts>>;
}

export interface WorkOrder extends Place {
  readonly seed: number;
  readonly lanes: readonly LaneStart[];
  /** Where it stops by itself, and waits for the cut; else it goes on until it is killed. */
  readonly stop?: Stop | undefined;
  readonly planted?: Planted | undefined;
}

/** A lane changes one conversation, step after step. */
export interface LaneStart {
  readonly lane: number;
  readonly id: string;
  readonly firstRound: number;
}

/** Before the nth call of a name, or right after the nth step was acknowledged. */
export type Stop = { readonly before: string; readonly nth: number } | { readonly steps: number };

/** What a worker says: one line of JSON each. */
export type Said =
  | { readonly type: 'ready' }
  | { readonly type: 'inspected'; readonly inspected: Inspected }
  | { readonly type: 'begin'; readonly lane: number; readonly step: Step }
  | {
      readonly type: 'done';
      readonly lane: number;
      readonly round: number;
      /** Backups that were made, and are there from now on. */
      readonly backups?: readonly string[] | undefined;
    }
  /** What a processor was given of a conversation. */
  | { readonly type: 'given'; readonly id: string; readonly digest: string }
  | {
      readonly type: 'failed';
      readonly lane: number;
      readonly round: number;
      readonly error: string;
    }
  | { readonly type: 'stopped' };

/** What a store holds. */
export interface Inspected {
  readonly states: Readonly<Record<string, State>>;
  readonly revisions: Readonly<Record<string, string>>;
  /** Whatever it is, it must not be. */
  readonly problems: readonly string[];
  /** Appends that were taken back. */
  readonly rolledBack: number;
  /** Of each conversation that was asked for, which messages its log says to be others; `undefined` for all. */
  readonly told: Readonly<Record<string, readonly string[] | undefined>>;
}
