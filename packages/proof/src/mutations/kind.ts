import type { Buffer } from 'node:buffer';
import type { Material } from './mutate.ts';

/** One kind of file, and what is done with mutated ones. */
export interface Kind {
  /** `conversations` */
  readonly name: string;
  /** How many mutations in the long run, and in how many of them what is dear is tried too. */
  readonly cases: number;
  readonly dear: number;
  /** Makes the files to mutate and what reads them, within a directory of its own. */
  open(directory: string): Promise<Subject>;
}

/** A mutated file and what is tried with it. */
export interface MutatedFile {
  readonly bytes: Buffer;
  /** Which file of the corpus it was. */
  readonly origin: number;
  /** For what else is drawn. */
  readonly seed: number;
  /** Whether to try what takes long, too: changes, restores. */
  readonly isDear: boolean;
}

export interface Subject extends AsyncDisposable {
  readonly material: Material;
  /**
   * Tries one; `true` where it was read, `false` where it was refused with a coded error, which may also be thrown.
   *
   * @throws {@link Violation} where it was neither refused nor read right; other errors without a code are violations too
   */
  try(file: MutatedFile): Promise<boolean>;
}

/** A promise that was broken. */
export class Violation extends Error {}

export function mustHold(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Violation(what());
}

/** Runs what may refuse with a coded error; `undefined` where it does. */
export async function unlessRefused<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    mustBeCoded(error);
    return undefined;
  }
}

/** Whether it is an error of ours, or several of them. */
export function mustBeCoded(error: unknown): void {
  if (error instanceof Violation) throw error;
  if (error instanceof AggregateError) {
    for (const one of error.errors) mustBeCoded(one);
    return;
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!OURS.test(code)) throw error;
  const { length } = (error as Error).message;
  mustHold(length <= LONGEST, () => `${code} has a message of ${length} characters`);
}

const OURS = /^(?:STORE|SCHEMA|FORMAT|BACKUP|FS|LOCK)_[A-Z_]+$/;
/** Ten problems with their paths; more would be the content of a chat. */
const LONGEST = 4000;
