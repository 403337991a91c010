/** What a measured process is told. */
export interface Options {
  /** Where the prepared data are; nothing there is changed. */
  readonly data: string;
  /** A directory of its own, with copies of those prepared data that it changes. */
  readonly work: string;
  /** How often it does its work at most, each time measured. */
  readonly times: number;
  readonly seed: number;
  readonly conversations: number;
  /** Of each conversation; or how many of its last ones. */
  readonly messages: number;
}

/** What is measured: returns how many conversations or messages it has dealt with. `time` counts from 0. */
export type Act = (time: number) => number | Promise<number>;

/** Each makes ready, which is not measured: opens its store, and does once what it will do. */
export type Actions = Readonly<Record<string, (options: Options) => Act | Promise<Act>>>;
